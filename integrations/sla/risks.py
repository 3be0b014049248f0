"""Reading the ledger of money at risk: its total, its parts, and its root causes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet, Sum

from integrations.sla.lifecycle import Part, RiskState
from integrations.sla.models import Exposure
from integrations.sla.rolling import window
from integrations.sla.selecting import Filters, worth
from integrations.sla.terms import Terms


@dataclass(frozen=True, slots=True)
class Cause:
    """One problem (cases of one fingerprint) and the money that it blocks."""

    fingerprint: str
    title: str
    klass: str
    system: str
    value: int
    n: int
    cases: int
    since: datetime


def exposures(
    filters: Filters, terms: Terms, now: datetime, *, state: str = RiskState.AT_RISK
) -> QuerySet[Any]:
    """Each unit once, with its `worth`; only under causes of the reader's domains."""
    rows = Exposure.objects.filter(filters.q("unit__"), state=state)
    if filters.domains is not None:
        rows = rows.filter(case__domain__in=filters.domains)
    return rows.annotate(worth=worth(filters, terms, now))


def recovered(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """What came free in the period."""
    first, last = window(filters, terms, now)
    rows = exposures(filters, terms, now, state=RiskState.RECOVERED)
    return rows.filter(ended_at__gte=first, ended_at__lte=last)


def parts(rows: QuerySet[Any]) -> dict[str, int]:
    """Exposure by where the money stands; the parts add up to the whole."""
    found = dict(rows.order_by().values_list("part").annotate(Sum("worth")))
    return {part: found.get(part) or 0 for part in Part}


def causes(rows: QuerySet[Any]) -> list[Cause]:
    """The dearest first; together they are all the exposure of the rows."""
    told = (
        rows.order_by()
        .values("case__fingerprint", "case__klass", "case__system")
        .annotate(
            value=Sum("worth"),
            n=Count("pk"),
            cases=Count("case", distinct=True),
            since=Min("case__opened_at"),
            title=Min("case__title"),
        )
    )
    found = [
        Cause(
            fingerprint=one["case__fingerprint"],
            title=one["title"],
            klass=one["case__klass"],
            system=one["case__system"],
            value=one["value"] or 0,
            n=one["n"],
            cases=one["cases"],
            since=one["since"],
        )
        for one in told
    ]
    return sorted(found, key=lambda cause: -cause.value)
