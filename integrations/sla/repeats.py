"""Duplicates prevented: effects that may have been asked for twice and happened once.

A try whose answer never came is followed by a look before anything is sent again; what then ended
well would have been a second effect. A record that is a duplicate itself is a conflict: a case.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from integrations.cases.lifecycle import CaseClass
from integrations.messages.lifecycle import OperationState, Outcome
from integrations.messages.models import ClosedAttempt, Operation
from integrations.sla.narrowing import narrowed, priced
from integrations.sla.objectives import measure
from integrations.sla.periods import ROLLING, trailing
from integrations.sla.queueing import about
from integrations.sla.selecting import Filters
from integrations.sla.shapes import QUIET, Figure
from integrations.sla.terms import Terms
from integrations.sla.totals import by_currency, total

METRIC = "duplicates-prevented"
LOST = (Outcome.UNKNOWN, Outcome.DEAD)
HAPPENED = (OperationState.APPLIED, OperationState.UNCHANGED)


def duplicates(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """How many, and what they are worth; informational."""
    rows = prevented(filters, terms, now)
    money, n = total(rows)
    against = conflicts(filters, terms, now).count()
    return Figure(
        slug=METRIC,
        title="Duplicates prevented",
        value=n,
        unit="count",
        n=n,
        currencies=by_currency(rows),
        state=QUIET,
        said=f"{n} effects looked up, not repeated; {against} duplicate records stopped",
        objective="informational",
        measure=measure(METRIC, terms),
        parts={"money": money, "conflicts": against},
    )


def prevented(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """Operations that ended well in the period after a try whose outcome nobody heard."""
    span = trailing(filters, terms, now, ROLLING)
    lost = ClosedAttempt.objects.filter(operation=OuterRef("pk"), outcome__in=LOST)
    rows = Operation.objects.filter(span.holds("settled_at"), Exists(lost), state__in=HAPPENED)
    return priced(narrowed(rows, filters, domain="flow__domain", at="message__"), terms, now)


def conflicts(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """Cases of records that were told before under another key."""
    span = trailing(filters, terms, now, ROLLING)
    rows = about(filters).filter(span.holds("opened_at"), klass=CaseClass.DUPLICATE)
    return priced(rows, terms, now)
