"""Cells added up: hours to a day, days to a month; adding is all that merging is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from integrations.sla import sketch
from integrations.sla.lifecycle import Grain
from integrations.sla.models import MetricCell
from integrations.sla.stretches import DIMENSIONS, begin
from integrations.sla.terms import Terms

Place = tuple[str, str, date]
"""Metric, legal entity, first day."""


def months(places: Iterable[Place], terms: Terms) -> None:
    """Put the sum of its days in the place of each month."""
    for metric, entity, first in sorted(set(places)):
        after = (first + timedelta(days=31)).replace(day=1)
        held = MetricCell.objects.filter(metric=metric, legal_entity=entity)
        days = held.filter(grain=Grain.DAY, day__gte=first, day__lt=after)
        _put((metric, entity, first), Grain.MONTH, days, begin(first, entity, terms))


def day(place: Place, terms: Terms) -> None:
    """Put the sum of its hours in the place of a day."""
    metric, entity, first = place
    held = MetricCell.objects.filter(metric=metric, legal_entity=entity, day=first)
    _put(place, Grain.DAY, held.filter(grain=Grain.HOUR), begin(first, entity, terms))


def _put(place: Place, grain: Grain, parts: QuerySet[MetricCell], period: datetime) -> None:
    metric, entity, first = place
    named = {"metric": metric, "legal_entity": entity, "day": first, "grain": grain}
    fresh = [
        MetricCell(
            **named,
            period=period,
            **dict(zip(DIMENSIONS, dimensions, strict=True)),
            **totals(held),
        )
        for dimensions, held in _groups(parts)
    ]
    MetricCell.objects.filter(**named).delete()
    MetricCell.objects.bulk_create(fresh, batch_size=500)


def _groups(parts: QuerySet[MetricCell]) -> list[tuple[tuple[str, ...], list[Any]]]:
    found: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    told = parts.values_list(*DIMENSIONS, "buckets", "n", "sum_minor")
    for *dimensions, buckets, n, money in told:
        found[tuple(dimensions)].append((sketch.unpacked(buckets), n, money))
    return sorted(found.items())


def totals(parts: Iterable[tuple[sketch.Buckets, int, int]]) -> dict[str, Any]:
    """What a cell says of buckets, numbers and money."""
    held = list(parts)
    buckets = sketch.merged(one for one, _, _ in held)
    return {
        "buckets": sketch.packed(buckets),
        "n": sum(n for _, n, _ in held),
        "sum_minor": sum(money for _, _, money in held),
        **sketch.quantiles(buckets),
    }
