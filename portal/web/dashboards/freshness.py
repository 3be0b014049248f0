"""How fresh what a dashboard shows is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from integrations.cases.wording import system_name
from integrations.sla.queries import Feed


@dataclass(frozen=True, slots=True)
class System:
    """Where feeds are read; `as_of` is the oldest of them, None while one never ran."""

    name: str
    as_of: datetime | None


def systems(feeds: Iterable[Feed]) -> list[System]:
    """In alphabetical order."""
    found: dict[str, list[datetime | None]] = {}
    for one in feeds:
        found.setdefault(one.system, []).append(one.as_of)
    return [System(system_name(slug), _oldest(held)) for slug, held in sorted(found.items())]


def _oldest(moments: list[datetime | None]) -> datetime | None:
    known = [one for one in moments if one is not None]
    return min(known) if len(known) == len(moments) else None
