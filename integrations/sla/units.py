"""Where a business thing stands, from all that records told of it. Pure.

The order in which facts arrived plays no part: the same facts give the same unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.sla.lifecycle import ORDER, PASSED, WORTH
from integrations.sla.terms import Terms

RANK = {milestone: place for place, milestone in enumerate(ORDER)}
WORDS = (
    "kind",
    "customer",
    "project",
    "contract",
    "contract_type",
    "region",
    "business_unit",
    "legal_entity",
    "invoice",
    "status",
)
"""Attributes that have a column; the first milestone that tells one wins."""
LAST = frozenset({"invoice", "status"})
"""Of these the last milestone wins."""


@dataclass(frozen=True, slots=True)
class Fact:
    """As in `MilestoneFact`."""

    milestone: str
    at: datetime
    amount_minor: int | None
    currency: str
    attributes: dict[str, Any]


def fold(unit: str, facts: Sequence[Fact], terms: Terms) -> dict[str, Any]:
    """Column → value of the unit. There is at least one fact."""
    ordered = sorted(facts, key=_place)
    told = _attributes(ordered)
    worth = _worth(unit, ordered)
    row: dict[str, Any] = {name: str(told.get(name, ""))[:120] for name in WORDS}
    row |= {column: _first(ordered, milestone) for milestone, column in PASSED.items()}
    row["amount_minor"] = worth.amount_minor if worth else None
    row["currency"] = worth.currency if worth else ""
    row["gross_minor"] = told.get("gross")
    row["hours"] = _hours(told.get("hours"))
    row["attributes"] = {name: value for name, value in told.items() if name not in WORDS}
    row["start_at"] = _start(row, told, terms)
    row["latency_seconds"] = latency(row["start_at"], row["posted_at"], row["legal_entity"], terms)
    row["base_minor"], row["rate_on"] = _based(worth, row, terms)
    return row


def _place(fact: Fact) -> tuple[int, datetime, str]:
    """Total, so that facts of one moment stand in one order, too."""
    rest = (sorted(fact.attributes.items()), fact.currency, fact.amount_minor)
    return RANK.get(fact.milestone, len(RANK)), fact.at, repr(rest)


def _attributes(ordered: Iterable[Fact]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for fact in ordered:
        for name, value in fact.attributes.items():
            if value not in (None, "") and (name in LAST or name not in found):
                found[name] = value
    return found


def _worth(unit: str, ordered: Sequence[Fact]) -> Fact | None:
    """The fact whose amount is the unit's: of the best milestone, the last."""
    for milestone in WORTH.get(unit, ORDER):  # type: ignore[call-overload]
        told = [f for f in ordered if f.milestone == milestone and f.amount_minor is not None]
        if told:
            return told[-1]
    return None


def _first(ordered: Iterable[Fact], milestone: str) -> datetime | None:
    return min((fact.at for fact in ordered if fact.milestone == milestone), default=None)


def _hours(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)).quantize(Decimal("0.000001")) if value is not None else None
    except InvalidOperation:
        return None


def _start(row: dict[str, Any], told: dict[str, Any], terms: Terms) -> datetime | None:
    """Approved and billable: monthly billing is not late before its cycle ends."""
    approved: datetime | None = row["approved_at"]
    if approved is None:
        return None
    day = told.get("billable_on")
    billable = terms.first_moment(str(day), row["legal_entity"]) if day else row["billable_at"]
    return max(approved, billable) if billable else approved


def latency(
    start: datetime | None, posted: datetime | None, legal_entity: str, terms: Terms
) -> int | None:
    """Business seconds from when it could be billed until it was posted; never below zero."""
    if start is None or posted is None:
        return None
    return max(int(terms.calendar(legal_entity).seconds_between(start, posted)), 0)


def _based(worth: Fact | None, row: dict[str, Any], terms: Terms) -> tuple[int | None, Any]:
    """At the rate of the day of the event that gave the amount."""
    if worth is None or worth.amount_minor is None or not worth.currency:
        return None, None
    day = terms.day_of(worth.at, row["legal_entity"])
    return terms.rates.convert(worth.amount_minor, worth.currency, day) or (None, None)
