"""The doors of the room: folding and pricing; ringing twice changes nothing."""

from __future__ import annotations

import time
from datetime import datetime

from integrations.cases.models import CaseEvent
from integrations.sla import exposing, folding, rebuilding, renewing, rollup, statistics
from integrations.sla import terms as agreed
from integrations.sla.turn import Lost, Turn, take

SECONDS = 10.0
"""Folding goes on for so long at most, and so does computing; the next ring continues."""
BREATH = 0.15
"""Seconds between two batches, so that a database with one writer at a time lets others write."""

MANY = 500
"""Units after which a database's idea of its tables is out of date."""


def fold(*, now: datetime, seconds: float = SECONDS) -> int:
    """Fold what waits, then price what open cases put at risk; how many messages.

    A long history is folded wholly before its units are computed, since every record of a unit
    would have it computed once more.
    """
    turn = take()
    if turn is None:
        return 0
    try:
        done, drained = _fold(turn, seconds)
        renewed = renewing.renew(turn=turn, seconds=seconds, breath=BREATH) if drained else 0
        newest = _newest_event()
        if done or renewed or turn.unpriced(newest, now=now):
            exposing.expose(turn=turn, now=now)
            turn.priced(newest, now=now)
        if drained:
            _roll(turn, renewed, now, seconds)
    except Lost:
        return 0
    finally:
        turn.leave()
    return done


def _newest_event() -> int:
    found = CaseEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    return found or 0


def _fold(turn: Turn, seconds: float) -> tuple[int, bool]:
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        folded = folding.fold(turn=turn)
        done += folded
        if folded < folding.BATCH:
            return done, True
        time.sleep(BREATH)
    return done, False


def _roll(turn: Turn, renewed: int, now: datetime, seconds: float) -> None:
    """Count the days that changed anew, after what people wait for is priced."""
    if renewed >= MANY:
        statistics.refresh()
    began, terms = time.monotonic(), agreed.current()
    while rollup.roll(terms, now, guard=turn.guard) and time.monotonic() - began < seconds:
        time.sleep(BREATH)


def verify(*, now: datetime, sample: int = 50) -> int:
    """Count a sample of days anew; how many were wrong. They are counted right by the next fold."""
    return rebuilding.verify(agreed.current(), now, sample=sample)
