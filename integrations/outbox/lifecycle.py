"""How often a notice is tried, and when again: pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from integrations.backoff import retry_at

MOST_TRIES = 8
LEASE = timedelta(seconds=120)
"""Longer than any one send can take."""
RETRY = {"base_seconds": 60.0, "cap_seconds": 3 * 3600.0}
"""Waits of at most 1, 2, 4 … minutes, at most three hours: about a morning in all."""
LONGEST_WAIT = 6 * 3600.0
"""A receiver that asks for more patience than that is asked again anyway."""


def next_try(
    *, tries: int, after_seconds: float | None, spread: float, now: datetime
) -> datetime | None:
    """When to try again, with full jitter (`spread` in [0, 1]); None when it was tried enough."""
    if tries >= MOST_TRIES:
        return None
    asked = min(after_seconds or 0.0, LONGEST_WAIT)
    return retry_at(RETRY, tries=tries, after_seconds=asked, spread=spread, now=now)
