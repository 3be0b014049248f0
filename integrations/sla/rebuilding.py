"""All cells from the first fact on, and the nightly recount of some of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min

from integrations.sla import adding
from integrations.sla.celling import cells
from integrations.sla.lifecycle import Grain, Kind
from integrations.sla.measuring import METRICS
from integrations.sla.models import DirtyDay, MetricCell, Unit
from integrations.sla.rollup import put
from integrations.sla.stretches import LONGEST, Stretch
from integrations.sla.terms import Terms

COUNTED = ("region", "business_unit", "contract_type", "currency", "buckets", "n", "sum_minor")


def rebuild(terms: Terms, now: datetime) -> int:
    """Forget all cells and count everything anew; how many cells there are."""
    with transaction.atomic():
        MetricCell.objects.all().delete()
        DirtyDay.objects.all().delete()
        for stretch in _everything(terms):
            put(stretch, cells(stretch, terms, now))
        days = MetricCell.objects.filter(grain=Grain.DAY).order_by()
        held = days.values_list("metric", "legal_entity", "day").distinct()
        adding.months({(slug, entity, day.replace(day=1)) for slug, entity, day in held}, terms)
    return MetricCell.objects.count()


def _everything(terms: Terms) -> Iterator[Stretch]:
    for metric in METRICS.values():
        rows = Unit.objects.filter(unit=Kind.LINE).order_by()
        told = rows.values_list("legal_entity").annotate(Min(metric.at), Max(metric.at))
        for entity, first, last in told:
            if first is not None:
                span = terms.day_of(first, entity), terms.day_of(last, entity)
                for begins, ends in _cut(*span):
                    yield Stretch(metric, entity, begins, ends)


def _cut(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        ends = min(first + timedelta(days=LONGEST - 1), last)
        yield first, ends
        first = ends + timedelta(days=1)


def verify(terms: Terms, now: datetime, *, sample: int = 50) -> int:
    """Count the days of a sample anew: right ones are stamped, wrong ones marked dirty; how many.

    Those that were never verified, or longest ago, come first.
    """
    days = MetricCell.objects.filter(grain=Grain.DAY).order_by("verified_at", "day")
    names = list(dict.fromkeys(days.values_list("metric", "legal_entity", "day")[: sample * 20]))
    wrong = 0
    for slug, entity, day in names[:sample]:
        with transaction.atomic():
            wrong += not _verified(Stretch(METRICS[slug], entity, day, day), terms, now)
    return wrong


def _verified(stretch: Stretch, terms: Terms, now: datetime) -> bool:
    slug, entity, day = stretch.metric.slug, stretch.legal_entity, stretch.first
    held = MetricCell.objects.filter(
        metric=slug, legal_entity=entity, day=day, grain=Grain.DAY
    ).select_for_update()
    fresh = [one for one in cells(stretch, terms, now) if one.grain == Grain.DAY]
    if _bytes(held) == _bytes(fresh):
        held.update(verified_at=now)
        return True
    DirtyDay.objects.get_or_create(metric=slug, legal_entity=entity, day=day)
    return False


def _bytes(found: Iterable[MetricCell]) -> list[tuple[Any, ...]]:
    return sorted(tuple(repr(getattr(one, name)) for name in COUNTED) for one in found)
