"""Cells of lines: by hour, day and dimensions, in a fixed order, so that the same lines give the
same bytes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from integrations.sla import sketch
from integrations.sla.adding import totals
from integrations.sla.lifecycle import Grain
from integrations.sla.measuring import Metric
from integrations.sla.models import MetricCell
from integrations.sla.stretches import DIMENSIONS, Line, Stretch, begin
from integrations.sla.terms import Terms

HOURS_FOR = timedelta(days=8)
"""Hours are kept for the recent past, days for ever."""
Lines = list[tuple[float | None, int]]
"""Business days and money."""


def recent(now: datetime) -> datetime:
    """Since when hours are kept."""
    return now.replace(minute=0, second=0, microsecond=0) - HOURS_FOR


def hour_of(moment: datetime, legal_entity: str, terms: Terms) -> datetime:
    """When its local hour began, in UTC."""
    local = moment.astimezone(terms.calendar(legal_entity).zone)
    return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def cells(stretch: Stretch, terms: Terms, now: datetime) -> list[MetricCell]:
    """Of the days, and of the hours of the recent ones."""
    entity, lines = stretch.legal_entity, list(stretch.lines(terms))
    found: dict[tuple[date, tuple[str, ...]], Lines] = defaultdict(list)
    for at, dimensions, days, money in lines:
        found[terms.day_of(at, entity), dimensions].append((days, money))
    whole = [
        _cell(stretch.metric, entity, Grain.DAY, begin(day, entity, terms), day, one, held)
        for (day, one), held in sorted(found.items())
    ]
    edge = recent(now)
    late = (line for line in lines if line[0] >= edge)
    return [*whole, *hours(stretch.metric, entity, late, terms)]


def hours(
    metric: Metric, legal_entity: str, lines: Iterable[Line], terms: Terms
) -> list[MetricCell]:
    """One cell for each hour and dimensions."""
    found: dict[tuple[datetime, tuple[str, ...]], Lines] = defaultdict(list)
    for at, dimensions, days, money in lines:
        found[hour_of(at, legal_entity, terms), dimensions].append((days, money))
    return [
        _cell(metric, legal_entity, Grain.HOUR, hour, terms.day_of(hour, legal_entity), one, held)
        for (hour, one), held in sorted(found.items())
    ]


def _cell(
    metric: Metric,
    legal_entity: str,
    grain: Grain,
    period: datetime,
    day: date,
    dimensions: tuple[str, ...],
    lines: Lines,
) -> MetricCell:
    timed = ((days, money) for days, money in lines if days is not None)
    buckets = sketch.counted((days, abs(money) if metric.by_money else 1) for days, money in timed)
    named: dict[str, Any] = dict(zip(DIMENSIONS, dimensions, strict=True))
    money = sum(money for _, money in lines)
    return MetricCell(
        metric=metric.slug,
        grain=grain,
        period=period,
        day=day,
        legal_entity=legal_entity,
        **named,
        **totals([(buckets, len(lines), money)]),
    )
