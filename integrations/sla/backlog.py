"""The backlog of cases: what is open and how old, what came, what went, what came back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from integrations.cases.lifecycle import CLOSED
from integrations.cases.models import CaseEvent
from integrations.sla.objectives import measure, plain, target
from integrations.sla.periods import ROLLING, Span, trailing
from integrations.sla.queueing import RESOLVED, about
from integrations.sla.selecting import Filters
from integrations.sla.shapes import BREACH, GOOD, RISK, Figure
from integrations.sla.terms import Terms

SLUG = "case-backlog"
AGAIN = ("failed again", "reopened")
"""Events of a case that had ended its wait and did not stay well."""


def backlog(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """Open cases; their median age and tail in business days."""
    rows = piece("", filters, terms, now).order_by("opened_at")
    n = rows.count()
    p50, p90 = (_age(rows, n, share, terms, now) for share in (0.5, 0.9))
    moved = {name: piece(name, filters, terms, now).count() for name in PIECES}
    most = float(target(RESOLVED, terms, "1"))
    return Figure(
        slug=SLUG,
        title="Open cases",
        value=n,
        unit="count",
        n=n,
        state=GOOD if not n else BREACH if p50 is not None and p50 > most else RISK,
        said=f"{moved['arrived']} came, {moved['departed']} went, {moved['reopened']} came back",
        objective=f"half of them younger than {plain(most)} business days",
        measure=measure(RESOLVED, terms),
        parts={"p50": p50, "p90": p90, **moved},
    )


def piece(name: str, filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """The cases behind one number; without a name those that are open."""
    span = trailing(filters, terms, now, ROLLING)
    rows = about(filters)
    chosen = PIECES[name](span) if name else ~Q(state__in=CLOSED)
    found: QuerySet[Any] = rows.filter(chosen).annotate(worth=F("exposure_minor"))
    return found


def _departed(span: Span) -> Q:
    return Q(state__in=CLOSED) & span.holds("closed_at")


def _alone(span: Span) -> Q:
    """Closed by what settled, with nobody's help."""
    return _departed(span) & Q(closed_by=None, claimed_by=None)


def _reopened(span: Span) -> Q:
    events = CaseEvent.objects.filter(span.holds("at"), case=OuterRef("pk"), action__in=AGAIN)
    return Q(Exists(events))


PIECES: dict[str, Callable[[Span], Q]] = {
    "arrived": lambda span: span.holds("opened_at"),
    "departed": _departed,
    "alone": _alone,
    "reopened": _reopened,
}


def _age(rows: QuerySet[Any], n: int, share: float, terms: Terms, now: datetime) -> float | None:
    """So many of the cases are no older: in the order of their opening one row tells it."""
    if not n:
        return None
    place = n - max(-int(-share * n // 1), 1)
    opened = rows.values_list("opened_at", flat=True)[place]
    return max(terms.default.days_between(opened, now), 0.0)
