"""A year of a figure, month by month, from cells: what sparklines show."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, QuerySet, Sum

from integrations.sla import sketch
from integrations.sla.lifecycle import Grain
from integrations.sla.models import MetricCell
from integrations.sla.selecting import Filters, plain
from integrations.sla.terms import Terms

CUT = ("region", "business_unit", "legal_entity", "contract_type", "currency")
"""What cells can be narrowed to."""
LASTING = {"billing-latency": "billing-latency", "project-to-cash-synchronisation": "hand-over"}
STOCK = "approved-not-billed"
MOVES = {"approved": 1, "issued": -1, "written-off": -1}


@dataclass(frozen=True, slots=True)
class Point:
    """A month. Business days or minor units of the reporting currency; None where nothing was."""

    first: date
    value: float | None
    high: float | None = None
    """90th percentile of a duration."""
    n: int = 0


@dataclass(frozen=True, slots=True)
class Trend:
    """`verified_at`: when cells of it were last counted anew and found right."""

    points: list[Point]
    verified_at: datetime | None = None


def trend(slug: str, filters: Filters, terms: Terms, now: datetime, *, months: int = 12) -> Trend:
    """The newest months, oldest first; empty where cells cannot tell it."""
    if not _told(filters) or slug not in {*LASTING, STOCK}:
        return Trend([])
    last = terms.default.day_of(now).replace(day=1)
    wanted = _back(last, months)
    metrics = [LASTING[slug]] if slug in LASTING else list(MOVES)
    rows = _cells(metrics, filters).filter(day__lte=last)
    points = _lasted(rows, wanted) if slug in LASTING else _stock(rows, wanted)
    days = _cells(metrics, filters, grain=Grain.DAY)
    return Trend(points, days.aggregate(at=Max("verified_at"))["at"])


def _told(filters: Filters) -> bool:
    """Whether cells know what is asked for."""
    whose = filters.customer or filters.project or filters.contract
    return not whose and not filters.constant_fx and filters.domains is None


def _cells(metrics: list[str], filters: Filters, grain: str = Grain.MONTH) -> QuerySet[Any]:
    named = {name: plain(getattr(filters, name)) for name in CUT if getattr(filters, name)}
    return MetricCell.objects.filter(metric__in=metrics, grain=grain, **named)


def _back(last: date, months: int) -> list[date]:
    places = [last.year * 12 + last.month - 1 - back for back in range(months)]
    return [date(place // 12, place % 12 + 1, 1) for place in reversed(places)]


def _lasted(rows: QuerySet[Any], wanted: list[date]) -> list[Point]:
    held: dict[date, list[Any]] = defaultdict(list)
    counts: dict[date, int] = defaultdict(int)
    for day, buckets, n in rows.filter(day__gte=wanted[0]).values_list("day", "buckets", "n"):
        held[day].append(sketch.unpacked(buckets))
        counts[day] += n
    found = []
    for day in wanted:
        whole = sketch.merged(held[day])
        high = sketch.quantile(whole, 0.9)
        found.append(Point(day, sketch.quantile(whole, 0.5), high, counts[day]))
    return found


def _stock(rows: QuerySet[Any], wanted: list[date]) -> list[Point]:
    """What was approved and not billed at the end of each month."""
    told = rows.order_by("day").values_list("day", "metric").annotate(Sum("sum_minor"), Sum("n"))
    moves = [(day, MOVES[metric] * money, MOVES[metric] * n) for day, metric, money, n in told]
    found = []
    for day in wanted:
        before = [(money, n) for moved, money, n in moves if moved <= day]
        found.append(Point(day, sum(m for m, _ in before), n=sum(n for _, n in before)))
    return found
