"""Which days of which cells a change of lines touches: where they stood and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction

from governance import clock
from integrations.sla.celling import recent
from integrations.sla.lifecycle import Kind
from integrations.sla.measuring import MOMENTS
from integrations.sla.models import DirtyDay, Unit
from integrations.sla.terms import Terms
from integrations.sla.turn import Turn

Mark = tuple[str, str, date, int]
"""Metric, legal entity, local day, and its local hour where hours are kept."""
WHOLE = -1


def touched(keys: Sequence[str], terms: Terms, now: datetime) -> set[Mark]:
    """The days in which these lines stand now."""
    rows = Unit.objects.filter(unit=Kind.LINE, key__in=keys)
    edge = recent(now)
    return {
        (metric, entity, *_place(moment, entity, terms, edge))
        for entity, *moments in rows.values_list("legal_entity", *MOMENTS.values())
        for metric, moment in zip(MOMENTS, moments, strict=True)
        if moment is not None
    }


def _place(moment: datetime, legal_entity: str, terms: Terms, edge: datetime) -> tuple[date, int]:
    local = moment.astimezone(terms.calendar(legal_entity).zone)
    return local.date(), local.hour if moment >= edge else WHOLE


@contextmanager
def watched(keys: Sequence[str], terms: Terms, turn: Turn) -> Iterator[None]:
    """One transaction that changes these lines, and marks the days that this touches."""
    with transaction.atomic():
        turn.guard()
        now = clock.now()
        before = touched(keys, terms, now) if keys else set()
        yield
        if keys:
            mark(before | touched(keys, terms, now))
        turn.changed()


def mark(marks: Iterable[Mark]) -> None:
    """Marking twice changes nothing."""
    rows = [DirtyDay(metric=m, legal_entity=e, day=d, hour=h) for m, e, d, h in sorted(marks)]
    DirtyDay.objects.bulk_create(rows, batch_size=300, ignore_conflicts=True)
