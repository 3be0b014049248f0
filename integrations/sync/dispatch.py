"""From due slots to queued runs. The slot's unique row decides, so two beats are as good as one."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from governance import crash
from governance.agreements.lifecycle import AgreementStatus
from governance.agreements.models import Agreement
from integrations.nudges import nudge
from integrations.sync.lifecycle import RunState, Trigger
from integrations.sync.models import ScheduleSlot, SyncRun
from integrations.sync.schedule import BadSchedule, Due, due, is_scheduled

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An active flow agreement with a schedule. `last` is the newest slot that was decided."""

    agreement: int
    flow: int
    slug: str
    schedule: dict[str, Any]
    activated_at: datetime
    last: datetime | None


def scheduled(flows: list[int] | None = None) -> list[Scheduled]:
    """One query, without the agreements' whole documents."""
    newest = ScheduleSlot.objects.filter(flow=OuterRef("flow")).order_by("-slot").values("slot")
    rows = Agreement.objects.filter(status=AgreementStatus.ACTIVE)
    rows = rows.filter(document__flow__pattern="schedule")
    if flows is not None:
        rows = rows.filter(flow__in=flows)
    found = rows.annotate(last=Subquery(newest[:1])).values_list(
        "pk", "flow_id", "flow__slug", "document__schedule", "activated_at", "compiled_at", "last"
    )
    return [
        Scheduled(pk, flow, slug, schedule, activated or compiled, last)
        for pk, flow, slug, schedule, activated, compiled, last in found.order_by("pk")
        if is_scheduled(schedule or {})
    ]


def dispatch(*, now: datetime) -> int:
    """Decide every due slot of every flow; returns how many runs were made."""
    return sum(_dispatch(one, now) for one in scheduled())


def _dispatch(one: Scheduled, now: datetime) -> int:
    try:
        decided = _due(one, now)
    except BadSchedule:
        log.exception("the schedule of %s cannot be read", one.slug)
        return 0
    ScheduleSlot.objects.bulk_create(
        [
            ScheduleSlot(flow_id=one.flow, slot=slot, skipped=True, created_at=now)
            for slot in decided.skipped
        ],
        ignore_conflicts=True,
    )
    return sum(_serve(one, slot, now) for slot in decided.run)


def _due(one: Scheduled, now: datetime) -> Due:
    """Slots before the activation belong to the schedule that was approved then."""
    if one.last is None or one.last >= one.activated_at:
        return due(one.schedule, after=one.last or one.activated_at, until=now)
    former = (
        Agreement.objects.filter(flow=one.flow, superseded_at__isnull=False)
        .exclude(pk=one.agreement)
        .order_by("-superseded_at")
        .values_list("document__schedule", flat=True)
        .first()
    )
    if former is None or former == one.schedule:
        return due(one.schedule, after=one.last, until=now)
    earlier = due(former, after=one.last, until=min(one.activated_at, now))
    later = due(one.schedule, after=one.activated_at, until=now)
    run = earlier.run + later.run
    if one.schedule.get("catch_up") == "all":
        return Due(run=run, skipped=earlier.skipped + later.skipped)
    return Due(run=run[-1:], skipped=[*earlier.skipped, *later.skipped, *run[:-1]])


def _serve(one: Scheduled, slot: datetime, now: datetime) -> int:
    """The slot and its run, or neither; the wake-up only after both are there."""
    try:
        with transaction.atomic():
            run = _run(one, slot, now)
    except IntegrityError:
        return 0
    if run is None:
        return 0
    crash.point("between_slot_and_nudge")
    nudge("integrations.run", run_id=run.pk)
    return 1


def _run(one: Scheduled, slot: datetime, now: datetime) -> SyncRun | None:
    """A run that still waits to start will read this slot's changes too."""
    waiting = SyncRun.objects.filter(flow=one.flow, state=RunState.QUEUED).exclude(
        trigger=Trigger.EVENTS
    )
    covered = one.schedule.get("catch_up") != "all" and waiting.exists()
    row = ScheduleSlot.objects.create(flow_id=one.flow, slot=slot, skipped=covered, created_at=now)
    if covered:
        return None
    return SyncRun.objects.create(
        flow_id=one.flow,
        agreement_id=one.agreement,
        trigger=Trigger.SLOT,
        slot=row,
        due_at=now,
        created_at=now,
    )
