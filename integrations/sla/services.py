"""The doors of the room: folding and pricing; ringing twice changes nothing."""

from __future__ import annotations

import time
from datetime import datetime

from integrations.sla import exposing, folding

SECONDS = 15.0
"""A fold goes on for so long at most; the next ring continues."""


def fold(*, now: datetime, seconds: float = SECONDS) -> int:
    """Fold what waits, then price what open cases put at risk; how many messages."""
    done = _fold(now, seconds)
    exposing.expose(now=now)
    return done


def _fold(now: datetime, seconds: float) -> int:
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        folded = folding.fold(now=now)
        done += folded
        if folded < folding.BATCH:
            break
    return done
