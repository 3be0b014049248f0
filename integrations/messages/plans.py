"""What planning hands to the ledger."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlannedEffect:
    """One intended effect; `raw` is the encoded write, `digest` its SHA-256."""

    kind: str
    business_key: str
    revision: str
    position: int
    raw: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """Everything that one message is to have for effect. `lane` is "" where there is none."""

    message: int
    key: str
    sequence: int
    lane: str
    plan_hash: str
    business_key: str
    amount_minor: int | None
    currency: str
    effects: tuple[PlannedEffect, ...]
    known_as: tuple[str, str] | None = None
    """Entity and canonical id of the record: `key` is its id in the source system."""
    broken: str = ""
    """The first control that the record breaks."""


@dataclass(frozen=True, slots=True)
class Route:
    """What all plans of one batch share: they come from one flow under one flow agreement."""

    flow: int
    agreement: int
    connection: str
    target_system: str
    ordering: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """Rows that a newer version made needless; their cases can be closed."""

    messages: list[int]
    operations: list[int]
