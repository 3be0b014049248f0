"""The figures beside those of money, each with the list behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from integrations.sla import (
    adherence,
    backlog,
    capturing,
    feeds,
    paying,
    queueing,
    repeats,
    settled,
    synchronised,
)
from integrations.sla.selecting import Filters
from integrations.sla.shapes import Figure
from integrations.sla.terms import Terms

Compute = Callable[[Filters, Terms, datetime], Figure]
Rows = Callable[[Filters, Terms, datetime], QuerySet[Any]]

FIGURES: tuple[Compute, ...] = (
    settled.sync_failures,
    adherence.adherence,
    synchronised.synchronisation,
    paying.cash_days,
    capturing.capture,
    queueing.acknowledged,
    queueing.resolved,
    backlog.backlog,
    repeats.duplicates,
)

OTHERS: dict[str, Rows] = {
    settled.METRIC: settled.failures,
    queueing.ACKNOWLEDGED: partial(queueing.ended, queueing.ACKNOWLEDGED),
    queueing.RESOLVED: partial(queueing.ended, queueing.RESOLVED),
    backlog.SLUG: partial(backlog.piece, ""),
    **{f"cases-{name}": partial(backlog.piece, name) for name in backlog.PIECES},
    repeats.METRIC: repeats.prevented,
    "duplicate-records": repeats.conflicts,
    feeds.METRIC: lambda filters, terms, now: feeds.telling(),
}
"""Lists of cases, records, effects and feeds; those of units are in `behind`."""
