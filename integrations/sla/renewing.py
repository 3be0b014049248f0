"""Computing stale units anew: outside of any transaction, and written in short ones."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.db import transaction

from integrations.sla import standing
from integrations.sla import terms as agreed
from integrations.sla.models import StaleUnit
from integrations.sla.turn import Turn

MOST = 2_000
"""Marks of one look. A mark that is made meanwhile stays, and its unit is computed once more."""


def renew(*, turn: Turn, seconds: float, breath: float) -> int:
    """Compute what is stale, oldest mark first; how many marks went."""
    began, done, terms = time.monotonic(), 0, None
    for marks in _marks():
        terms = terms or agreed.current()
        standing.recompute({(one.unit, one.key) for one in marks}, terms, turn=turn)
        with transaction.atomic():
            turn.guard()
            StaleUnit.objects.filter(pk__in=[one.pk for one in marks]).delete()
        done += len(marks)
        if time.monotonic() - began > seconds:
            break
        time.sleep(breath)
    return done


def _marks() -> Iterator[list[StaleUnit]]:
    while marks := list(StaleUnit.objects.order_by("pk")[:MOST]):
        yield marks
