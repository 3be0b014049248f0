"""What readers get: figures with their unit, objective and sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

GOOD, RISK, BREACH, QUIET = "good", "risk", "breach", ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a page. Money is in minor units of the reporting currency."""

    slug: str
    title: str
    value: float | int | None
    unit: str
    """`money`, `business_days`, `business_hours`, `days`, `percent`, `count`, `minutes`."""
    n: int = 0
    """How many things it counts."""
    currencies: dict[str, int] = field(default_factory=dict)
    """The same money in its own currencies, minor units."""
    state: str = QUIET
    said: str = ""
    objective: str = ""
    measure: dict[str, Any] = field(default_factory=dict)
    """Document of the measure that defines it; empty where nobody has agreed on one."""
    parts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of a figure; all slices add up to it."""

    label: str
    value: int
    n: int
    query: dict[str, str] = field(default_factory=dict)
    """What to add to the list's filter to see just this piece."""


@dataclass(frozen=True, slots=True)
class Feed:
    """How fresh what a flow tells is."""

    flow: str
    name: str
    as_of: datetime | None
    minutes: int | None
    system: str = ""
    """Where it is read."""
    milestones: frozenset[str] = frozenset()
    """What it tells."""
