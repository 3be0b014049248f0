"""One shape for a row of any figure's list: units, exposures, cases, records, effects, feeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from governance.agreements.models import Agreement
from integrations.cases.models import Case
from integrations.messages.models import InboxMessage, Operation
from integrations.sla.models import Exposure, Unit


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is the unit's, or `case`, `record`, `effect`, `feed`; money in minor units."""

    kind: str
    id: int
    """Of the row that it shows: a unit, case, message, operation or flow agreement."""
    key: str
    title: str
    at: datetime | None
    currency: str
    amount_minor: int | None
    worth: int | None
    """In the reporting currency."""


def entry(row: Any) -> Entry:
    """What a list shows of a row."""
    kind, key, title, at = SHAPES[type(row)](row)
    return Entry(
        kind=kind,
        id=row.pk,
        key=key,
        title=title,
        at=at,
        currency=getattr(row, "currency", ""),
        amount_minor=getattr(row, "amount_minor", None),
        worth=getattr(row, "worth", None),
    )


Told = tuple[str, str, str, datetime | None]


def _unit(row: Unit) -> Told:
    moment = row.start_at or row.issued_at or row.applied_at or row.received_at
    return row.unit, row.key, row.customer, moment


def _exposure(row: Exposure) -> Told:
    return row.unit.unit, row.unit.key, row.part, row.since


def _case(row: Case) -> Told:
    return "case", row.business_key, row.title, row.opened_at


def _record(row: InboxMessage) -> Told:
    return "record", row.key, row.state, row.accepted_at


def _effect(row: Operation) -> Told:
    return "effect", row.business_key, row.kind, row.settled_at


def _feed(row: Any) -> Told:
    return "feed", row.flow.slug, row.flow.name, row.as_of


SHAPES: dict[type, Callable[[Any], Told]] = {
    Unit: _unit,
    Exposure: _exposure,
    Case: _case,
    InboxMessage: _record,
    Operation: _effect,
    Agreement: _feed,
}
