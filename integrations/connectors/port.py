"""The one door to another system: what a run may ask of a connector, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

FULL_READ: dict[str, Any] = {"full": True}
"""A cursor that reads every record once, whatever the description says of changes: for sweeps
that look for deleted and missed records."""


class EffectClass(StrEnum):
    """How a write is made safe to repeat, best first."""

    IDEMPOTENCY_KEY = "idempotency_key"
    UPSERT = "upsert"
    LOOKUP = "lookup"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One version of one record as the source holds it.

    `version` is the source's own token (etag, write_date), "" where it has none. `data` holds
    fractions as Decimal, never as float.
    """

    key: str
    version: str
    data: dict[str, Any]
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """`cursor` is JSON and opaque: pass it back for the next page, or for the next run's start."""

    records: list[SourceRecord]
    cursor: dict[str, Any]
    more: bool


@dataclass(frozen=True, slots=True)
class Write:
    """One intended effect. `reference` is unique per effect and is what `find` searches."""

    object: str
    action: str
    body: dict[str, Any]
    path: dict[str, str] = field(default_factory=dict)
    idempotency_key: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`existed`: found by lookup or equal replay rather than made now."""

    id: str
    status: int
    body: Any
    existed: bool = False


class Connector(Protocol):
    """Every method raises only the children of `integrations.errors.ConnectorError`."""

    def read(
        self, object: str, *, cursor: dict[str, Any], limit: int, where: Mapping[str, Any]
    ) -> Page: ...

    def write(self, write: Write) -> Answer: ...

    def find(self, write: Write) -> Answer | None: ...

    def effect_class(self, object: str, action: str) -> EffectClass: ...

    def fetch(self, object: str, key: str) -> SourceRecord | None: ...


@dataclass(frozen=True)
class ConnectionSpec:
    """What opens a connector. `secret` is a reference; its value is resolved when opening."""

    system: str
    connection: str
    kind: str
    base_url: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    secret: str = ""
    description: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_agreement(cls, side: Mapping[str, Any]) -> ConnectionSpec:
        """`side` is the agreement's "source" or "target"."""
        return cls(
            system=side["system"],
            connection=side["connection"],
            kind=side["kind"],
            base_url=side.get("base_url", ""),
            variables=dict(side.get("variables") or {}),
            secret=side.get("secret", ""),
            description=dict(side.get("connector") or {}),
        )
