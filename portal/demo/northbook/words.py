"""How the ERP writes values, and what it commits late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from portal.demo.clock import stamp
from portal.demo.firm.calendar import NOW
from portal.demo.firm.world import World

Dated = tuple[str, dict[str, Any]]


SINCE = datetime(2025, 10, 1, 8, tzinfo=UTC)


LATE = timedelta(minutes=3)


LATE_ROWS = 6
"""So many of the last receivables and applications commit late: within `LATE` before the start."""


def late(back: int) -> datetime | None:
    """When the one that stands `back` from the end changed, if that is told late; the one before
    those is stamped after all of them, so that a cursor has passed them when they appear."""
    if back == LATE_ROWS:
        return NOW - timedelta(seconds=20)
    return NOW - LATE + timedelta(seconds=back) if back < LATE_ROWS else None


def dated(at: datetime, body: dict[str, Any]) -> Dated:
    return stamp(at), body | {"modified_at": stamp(at)}


def last_applied(world: World) -> dict[str, datetime]:
    """By invoice; the list is in the order of time."""
    return {one.invoice: one.applied_at for one in world.applications}
