"""Reading the ledger of money at risk: its total, its parts, and its root causes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, QuerySet, Sum

from integrations.sla.lifecycle import Part, RiskState
from integrations.sla.models import Exposure
from integrations.sla.selecting import Filters


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


def exposures(filters: Filters, *, state: str = RiskState.AT_RISK) -> QuerySet[Any]:
    """Each unit once, with its `worth`."""
    rows = Exposure.objects.filter(filters.q("unit__"), state=state)
    return rows.annotate(worth=F("base_minor"))


def parts(filters: Filters) -> dict[str, int]:
    """Exposure by where the money stands; the parts add up to the whole."""
    told = exposures(filters).order_by().values_list("part").annotate(Sum("base_minor"))
    found = dict(told)
    return {part: found.get(part, 0) for part in Part}


def causes(filters: Filters) -> list[Cause]:
    """The dearest first; together they are all the money at risk."""
    told = (
        exposures(filters)
        .order_by()
        .values("case__fingerprint", "case__klass", "case__system")
        .annotate(
            value=Sum("base_minor"),
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
            value=one["value"],
            n=one["n"],
            cases=one["cases"],
            since=one["since"],
        )
        for one in told
    ]
    return sorted(found, key=lambda cause: -cause.value)
