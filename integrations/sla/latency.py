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

from django.db.models import Case, Count, Q, QuerySet, Sum, When
from django.db.models.functions import Abs

from governance.ownership.business_time import Calendar
from integrations.sla.lifecycle import Kind
from integrations.sla.models import Unit
from integrations.sla.selecting import Filters, older, worth
from integrations.sla.terms import Terms

METRIC = "billing-latency"
OPEN = Q(issued_at=None, written_off_at=None, latency_seconds=None)


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
    return of(observed(filters, terms, now), terms, now)


def of(chosen: QuerySet[Any], terms: Terms, now: datetime) -> Latency:
    """Of these lines; those of one invoice that began together are read as one."""
    waits = Case(When(latency_seconds=None, then="start_at"))
    told = chosen.order_by().values_list(waits, "latency_seconds", "legal_entity")
    lines: list[Observed] = []
    late = 0
    for start, seconds, entity, money, n in told.annotate(money=Sum(Abs("worth")), n=Count("pk")):
        lasted = days(start, seconds, terms.calendar(entity), now)
        lines += [(lasted, money or 0), *[(lasted, 0)] * (n - 1)]
        late += n if seconds is None else 0
    return summary(lines, open_late=late, limit=float(threshold(terms)))


def days(start: datetime | None, seconds: int | None, calendar: Calendar, now: datetime) -> float:
    """Business days until it was posted; until now while it is not."""
    if seconds is not None:
        return seconds / calendar.day_seconds
    return calendar.days_between(start, now) if start is not None else 0.0


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


def observed(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """The lines that latency is about: posted in the period, or open and late now."""
    waiting = OPEN & older(now, threshold(terms), terms) & Q(approved_at__lte=now)
    return _lines(_posted_in(filters, terms) | waiting, filters, terms, now)


def late(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """Those of them that took longer than the objective allows."""
    return observed(filters, terms, now).filter(slow(terms) | Q(latency_seconds=None))


def slow(terms: Terms) -> Q:
    """It was posted, and took longer than the objective allows."""
    limit, late = threshold(terms), Q()
    for entity, calendar in terms.calendars.items():
        most = int(limit * calendar.day_seconds)
        late |= Q(legal_entity=entity, latency_seconds__gt=most)
    others = ~Q(legal_entity__in=list(terms.calendars))
    return late | (others & Q(latency_seconds__gt=int(limit * terms.default.day_seconds)))


def posted(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """Lines whose invoice was posted in the period, each with its `worth`."""
    return _lines(_posted_in(filters, terms), filters, terms, now)


def _lines(chosen: Q, filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    rows = Unit.objects.filter(chosen, filters.q(), unit=Kind.LINE)
    return rows.annotate(worth=worth(filters, terms, now))


def _posted_in(filters: Filters, terms: Terms) -> Q:
    chosen = Q(latency_seconds__isnull=False)
    if filters.first:
        chosen &= Q(posted_at__gte=terms.first_moment(filters.first.isoformat(), ""))
    if filters.last:
        after = filters.last + timedelta(days=1)
        chosen &= Q(posted_at__lt=terms.first_moment(after.isoformat(), ""))
    return chosen
