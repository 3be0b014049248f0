"""Counting cells from facts: what is dirty, each stretch of it by one read with literal bounds.

Of recent days single hours are counted, and the day is their sum; of others the whole day. Either
way history repairs itself, and counting again changes no byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import transaction

from integrations.sla import adding
from integrations.sla.celling import cells, hours, recent
from integrations.sla.lifecycle import Grain
from integrations.sla.measuring import METRICS
from integrations.sla.models import DirtyDay, MetricCell
from integrations.sla.stretches import DAY, Stretch, begin, between, stretches
from integrations.sla.terms import Terms

Guard = Callable[[], None]


def roll(terms: Terms, now: datetime, *, guard: Guard, limit: int = 400) -> int:
    """Count what is dirty; how many marks. `guard` is called first in every transaction."""
    rows = list(DirtyDay.objects.order_by("metric", "legal_entity", "day", "hour")[:limit])
    if not rows:
        return 0
    single = [row for row in rows if _by_hour(row, terms, now)]
    for stretch, marks in stretches([row for row in rows if row not in single]):
        fresh = cells(stretch, terms, now)
        with transaction.atomic():
            guard()
            put(stretch, fresh)
            _clean(marks)
    for row in single:
        _hour(row, terms, guard)
    with transaction.atomic():
        guard()
        for place in sorted({(row.metric, row.legal_entity, row.day) for row in single}):
            adding.day(place, terms)
        adding.months({(r.metric, r.legal_entity, r.day.replace(day=1)) for r in rows}, terms)
        MetricCell.objects.filter(grain=Grain.HOUR, period__lt=recent(now)).delete()
    return len(rows)


def _by_hour(row: DirtyDay, terms: Terms, now: datetime) -> bool:
    """Whether all hours of its day are still kept."""
    return row.hour >= 0 and begin(row.day, row.legal_entity, terms) >= recent(now) + DAY


def _hour(row: DirtyDay, terms: Terms, guard: Guard) -> None:
    metric, entity = METRICS[row.metric], row.legal_entity
    first = begin(row.day, entity, terms, hour=row.hour)
    after = begin(row.day, entity, terms, hour=row.hour + 1)
    fresh = hours(metric, entity, between(metric, entity, first, after, terms), terms)
    held = MetricCell.objects.filter(
        metric=row.metric, legal_entity=entity, grain=Grain.HOUR, period__gte=first
    )
    with transaction.atomic():
        guard()
        held.filter(period__lt=after).delete()
        MetricCell.objects.bulk_create(fresh, batch_size=500)
        _clean([row])


def put(stretch: Stretch, fresh: Iterable[MetricCell]) -> None:
    """What facts say, in the place of the cells of these days."""
    MetricCell.objects.filter(
        metric=stretch.metric.slug,
        legal_entity=stretch.legal_entity,
        day__gte=stretch.first,
        day__lte=stretch.last,
    ).exclude(grain=Grain.MONTH).delete()
    MetricCell.objects.bulk_create(fresh, batch_size=500)


def _clean(marks: Sequence[DirtyDay]) -> None:
    DirtyDay.objects.filter(pk__in=[mark.pk for mark in marks]).delete()
