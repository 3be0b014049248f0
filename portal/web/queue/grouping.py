"""The problem that a case belongs to: every open case with the same fingerprint, and its money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, QuerySet

from integrations.cases import queries
from integrations.cases.models import Case
from integrations.cases.queries import Money
from integrations.cases.wording import things
from portal.access import scopes
from portal.accounts.models import User

ITEMS = 25


@dataclass(frozen=True, slots=True)
class Group:
    """Open cases that one fix would mend, as this person sees them."""

    count: int
    things: str
    at_risk: list[Money]
    due_at: datetime
    items: list[Case]
    """The first of the queue."""
    claimed: int
    mine: int


def choose(rows: QuerySet[Case], fingerprint: str) -> Case | None:
    """The case that stands for a problem: the first of the queue, else the last that closed."""
    found = rows.filter(fingerprint=fingerprint)
    first = queries.live(found).order_by(*queries.ORDER).first()
    return first or found.order_by("-closed_at", "-pk").first()


def group(case: Case, *, person: User, now: datetime) -> Group:
    """Six queries."""
    rows = queries.live(scopes.cases(person)).filter(fingerprint=case.fingerprint)
    totals = queries.totals(rows, now=now)
    items = rows.select_related("message", "claimed_by", "operation").order_by(*queries.ORDER)
    return Group(
        count=totals.open,
        things=things(case, totals.open or 1),
        at_risk=totals.at_risk,
        due_at=rows.aggregate(first=Min("due_at"))["first"] or case.due_at,
        items=list(items[:ITEMS]),
        claimed=rows.exclude(claimed_by=None).count(),
        mine=rows.filter(claimed_by=person).count(),
    )
