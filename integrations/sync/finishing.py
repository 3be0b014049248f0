"""When a run in delivery is over: each of its effects settled, or is parked with a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from integrations.cases.settling import live
from integrations.messages.lifecycle import OPEN_OPERATIONS, MessageState, OperationState
from integrations.messages.models import InboxMessage, Operation
from integrations.sync.lifecycle import RunState
from integrations.sync.models import SyncRun

APPLIED = (OperationState.APPLIED, OperationState.UNCHANGED)


def finish_delivered(*, now: datetime, only: int | None = None) -> int:
    """End what is over and keep the counts of the others live; returns how many ended."""
    rows = SyncRun.objects.filter(state=RunState.DELIVERING)
    runs = list(rows.filter(pk=only) if only else rows)
    if not runs:
        return 0
    counts = _counts([run.pk for run in runs])
    unplanned = _unplanned([run.pk for run in runs])
    return sum(_finish(run, counts.get(run.pk, {}), run.pk in unplanned, now) for run in runs)


def _counts(runs: list[int]) -> dict[int, dict[str, Any]]:
    """Per run: applied, failed, and those that still move."""
    with_person = Exists(live().filter(operation=OuterRef("pk")))
    moving = Q(state__in=OPEN_OPERATIONS, lane__blocked_by=None) & ~Q(with_person)
    rows: QuerySet[Operation] = Operation.objects.filter(message__run__in=runs)
    counted = (
        rows.order_by()
        .values("message__run")
        .annotate(
            applied=Count("pk", filter=Q(state__in=APPLIED)),
            failed=Count("pk", filter=Q(state=OperationState.FAILED)),
            moving=Count("pk", filter=moving),
        )
    )
    return {row["message__run"]: dict(row) for row in counted if row["message__run"]}


def _unplanned(runs: list[int]) -> set[int | None]:
    waiting = InboxMessage.objects.filter(run__in=runs, state=MessageState.ACCEPTED)
    return set(waiting.values_list("run", flat=True).distinct())


def _finish(run: SyncRun, counts: dict[str, Any], unplanned: bool, now: datetime) -> int:
    """Only rows that differ are written: a tick that finds nothing new changes nothing."""
    told = {"applied": counts.get("applied", 0), "failed": counts.get("failed", 0)}
    mine = SyncRun.objects.filter(pk=run.pk, state=RunState.DELIVERING)
    if not unplanned and not counts.get("moving", 0):
        return mine.update(state=RunState.DONE, finished_at=now, lease_until=None, **told)
    if (run.applied, run.failed) != (told["applied"], told["failed"]):
        mine.update(**told)
    return 0
