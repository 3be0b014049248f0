"""Billing latency: business days from when a line could be billed until its invoice is posted.

Lines that are still open past the threshold count as bad now, with the age that they have, so
that the worst do not hide until they are over.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from integrations.sla.lifecycle import Kind
from integrations.sla.models import Unit
from integrations.sla.selecting import Filters, older, unbilled, worth
from integrations.sla.terms import Terms

METRIC = "billing-latency"


@dataclass(frozen=True, slots=True)
class Latency:
    """Business days; `share` is the percentage of money within the objective."""

    p50: float | None
    p90: float | None
    p95: float | None
    n: int
    open_late: int
    share: float | None


Observed = tuple[float, int]
"""Business days, and money in minor units of the reporting currency."""


def threshold(terms: Terms) -> Decimal:
    """Business days within which a line is good."""
    objective = terms.measures.get(METRIC, {}).get("objective", {})
    return Decimal(objective.get("target", "5"))


def latency(filters: Filters, terms: Terms, now: datetime) -> Latency:
    """Of the lines posted in the period, and of those that are late now."""
    posted, late = _posted(filters, terms, now), _late(filters, terms, now)
    return summary([*posted, *late], open_late=len(late), limit=float(threshold(terms)))


def summary(observed: Sequence[Observed], *, open_late: int, limit: float) -> Latency:
    """Nearest-rank quantiles of lines, and the share of money in time. Pure."""
    days = sorted(one for one, _ in observed)
    money = sum(abs(worth) for _, worth in observed)
    good = sum(abs(worth) for one, worth in observed if one <= limit)
    return Latency(
        p50=quantile(days, 0.50),
        p90=quantile(days, 0.90),
        p95=quantile(days, 0.95),
        n=len(days),
        open_late=open_late,
        share=100 * good / money if money else None,
    )


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of the values do not exceed."""
    if not ordered:
        return None
    place = bisect_left(range(1, len(ordered) + 1), share * len(ordered))
    return ordered[min(place, len(ordered) - 1)]


def posted(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """Lines whose invoice was posted in the period, each with its `worth`."""
    rows = Unit.objects.filter(filters.q(), unit=Kind.LINE, latency_seconds__isnull=False)
    if filters.first:
        rows = rows.filter(posted_at__gte=terms.first_moment(filters.first.isoformat(), ""))
    if filters.last:
        after = filters.last + timedelta(days=1)
        rows = rows.filter(posted_at__lt=terms.first_moment(after.isoformat(), ""))
    return rows.annotate(worth=worth(filters, terms, now))


def _posted(filters: Filters, terms: Terms, now: datetime) -> list[Observed]:
    told = posted(filters, terms, now)
    return [
        ((seconds or 0) / terms.calendar(entity).day_seconds, money or 0)
        for seconds, entity, money in told.values_list("latency_seconds", "legal_entity", "worth")
    ]


def _late(filters: Filters, terms: Terms, now: datetime) -> list[Observed]:
    rows = unbilled(now, terms).filter(filters.q(), older(now, threshold(terms), terms))
    told = rows.annotate(worth=worth(filters, terms, now))
    return [
        (terms.calendar(entity).days_between(start, now), money or 0)
        for start, entity, money in told.values_list("start_at", "legal_entity", "worth")
        if start is not None
    ]
