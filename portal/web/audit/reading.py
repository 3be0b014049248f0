"""What a person may read of the audit log, and each entry as a screen tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from django.db.models import Func, IntegerField, QuerySet, Sum

from governance.approvals.diffs import Difference, differences
from governance.audit.models import AuditEntry, Seal

VIEW = "governance.view_audit"
PLACES = 30
"""Differences shown of one entry; the export holds all of it."""


def values(rows: QuerySet[AuditEntry], column: str) -> list[str]:
    """What a column holds, for the choices of a filter."""
    found = rows.exclude(**{column: ""}).order_by(column).values_list(column, flat=True)
    return list(found.distinct())


@dataclass(frozen=True)
class Place:
    """One place that differs, as text; None where there was or is nothing."""

    pointer: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Told:
    """An entry with what it changed."""

    entry: AuditEntry
    places: list[Place]
    more: int

    @property
    def subject(self) -> str:
        """What the subject filter takes to find the rest about it."""
        return f"{self.entry.subject_type}:{self.entry.subject_id}"


def told(entry: AuditEntry) -> Told:
    """The first differences and how many more there are."""
    found = _differences(entry.before, entry.after)
    places = [Place(one.pointer or "/", *_sides(one)) for one in found[:PLACES]]
    return Told(entry, places, more=max(len(found) - PLACES, 0))


def _differences(before: Any, after: Any) -> list[Difference]:
    """A record that is new or gone is told member by member."""
    whole = {dict, type(None)}
    if {type(before), type(after)} <= whole:
        return differences(before or {}, after or {})
    return differences(before, after)


def _sides(one: Difference) -> tuple[str | None, str | None]:
    before = None if one.change == "added" else _text(one.before)
    after = None if one.change == "removed" else _text(one.after)
    return before, after


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


class Length(Func):
    """Members of a JSON list."""

    function = "json_array_length"
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL keeps JSON in its binary form."""
        return self.as_sql(compiler, connection, function="jsonb_array_length", **context)


@dataclass(frozen=True)
class Sealing:
    """How far the log is sealed."""

    last: Seal | None
    sealed: int
    waiting: int

    @property
    def size(self) -> int:
        """Entries under the last seal."""
        return len(self.last.entry_ids) if self.last else 0


def sealing() -> Sealing:
    """Counted over the whole firm's log: a seal knows no domains."""
    sealed = Seal.objects.aggregate(all=Sum(Length("entry_ids")))["all"] or 0
    waiting = AuditEntry.objects.count() - sealed
    return Sealing(Seal.objects.order_by("-number").first(), sealed, waiting=max(waiting, 0))
