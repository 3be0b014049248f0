"""One run from start to end: read pages, accept, plan, wait for delivery. Every run ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, OuterRef, QuerySet, Value, When
from django.db.models.functions import Coalesce
from structlog.contextvars import bound_contextvars

from governance.agreements.models import Agreement
from governance.agreements.queries import active
from governance.audit.services import record
from integrations import backoff
from integrations.errors import ConnectorError, NeedsAPerson, PermissionRefused, Refused, TryLater
from integrations.leases import free, from_now
from integrations.nudges import nudge
from integrations.sync.finishing import finish_delivered
from integrations.sync.lifecycle import RunState, Trigger
from integrations.sync.models import ScheduleSlot, SyncRun
from integrations.sync.planning import plan_waiting
from integrations.sync.pulse import LEASE, LostLease, Pulse
from integrations.sync.reading import read_source, refused, source_exhausted

START = "integrations.start_run"
BATCH = 1_000
LONGEST = timedelta(days=1)
"""A source that throttles for ever ends the run all the same."""
ASKED = (Trigger.PERSON, Trigger.WEBHOOK)
UNDELIVERED = (RunState.QUEUED, RunState.READING, RunState.PLANNING)
log = structlog.get_logger(__name__)


def start(
    *, flow: Any, by: Any, trigger: str, slot: ScheduleSlot | None = None, now: datetime
) -> SyncRun:
    """A queued run that pins the active agreement. Asked twice while it waits, it is one."""
    if by is not None and not by.has_perm(START, flow):
        raise PermissionRefused(f"you may not start runs of {flow.name}")
    agreement = active(flow.pk)
    if agreement is None:
        raise Refused(f"{flow.name} has no active flow agreement; have it approved first")
    with transaction.atomic():
        waiting = _waiting(flow.pk) if trigger in ASKED else None
        run = waiting or SyncRun.objects.create(
            flow_id=flow.pk,
            agreement=agreement,
            trigger=trigger,
            slot=slot,
            requested_by=by,
            due_at=now,
            created_at=now,
        )
        if waiting is not None:
            SyncRun.objects.filter(pk=waiting.pk, due_at__gt=now).update(due_at=now)
        if by is not None:
            record("run.started", subject=run, by=by, reason=f"run of {flow.name}", at=now)
        nudge("integrations.run", run_id=run.pk)
    return run


def _waiting(flow: int) -> SyncRun | None:
    queued = SyncRun.objects.select_for_update().filter(flow=flow, state=RunState.QUEUED)
    return queued.exclude(trigger=Trigger.EVENTS).order_by("pk").first()


def ready(now: datetime) -> QuerySet[SyncRun]:
    """Runs that a worker may take now: due, unheld, and the oldest of their flow."""
    earlier = SyncRun.objects.filter(
        flow=OuterRef("flow"), pk__lt=OuterRef("pk"), state__in=UNDELIVERED
    )
    due = SyncRun.objects.filter(free(), state__in=UNDELIVERED, due_at__lte=now)
    return due.filter(~Exists(earlier))


def execute(*, run_id: int, now: datetime) -> None:
    """Take the run if nobody has it, and bring it as far as it goes."""
    run = _take(run_id, now)
    if run is None:
        return
    with bound_contextvars(run=run.pk, flow=run.flow.slug, agreement=run.agreement.digest):
        log.info("run taken", tries=run.tries)
        _carry(run, now)
        log.info("run left", state=SyncRun.objects.values_list("state", flat=True).get(pk=run.pk))


def _carry(run: SyncRun, now: datetime) -> None:
    """Whatever happens, the row says it."""
    try:
        with Pulse(run.pk, run.fence) as pulse:
            if _is_over(run, now):
                _give_up(run, run.error or "its worker died each time", now)
                return
            _work(run, pulse, now)
    except LostLease:
        log.info("run taken over by another worker")
    except TryLater as error:
        _again(run, error, now)
    except NeedsAPerson as error:
        refused(run.agreement, error, now=now)
        _end(run, RunState.FAILED, now, error=str(error))
    except ConnectorError as error:
        _again(run, TryLater(str(error)), now)
    except Exception as error:
        _again(run, TryLater(f"{type(error).__name__}: {error}"), now)
        raise


def _take(run_id: int, now: datetime) -> SyncRun | None:
    """Exactly one worker gets it; the try is counted before any work, so poison cannot loop."""
    first = Case(
        When(trigger=Trigger.EVENTS, then=Value(RunState.PLANNING)), default=Value(RunState.READING)
    )
    try:
        with transaction.atomic():
            taken = (
                ready(now)
                .filter(pk=run_id)
                .update(
                    state=first,
                    fence=F("fence") + 1,
                    tries=F("tries") + 1,
                    lease_until=from_now(LEASE),
                    started_at=Coalesce(F("started_at"), now),
                )
            )
    except IntegrityError:
        return None
    if taken != 1:
        return None
    return SyncRun.objects.select_related("agreement", "flow").get(pk=run_id)


def _is_over(run: SyncRun, now: datetime) -> bool:
    """A run that never got a page accepted within its tries, or that a day after its first
    try still has not read its source."""
    return (
        run.tries > backoff.limit(_retry(run.agreement)) or now - (run.started_at or now) > LONGEST
    )


def _work(run: SyncRun, pulse: Pulse, now: datetime) -> None:
    if run.trigger != Trigger.EVENTS:
        for _ in read_source(run, pulse, now):
            _plan(run, pulse, now, limit=BATCH)
        _to(run, RunState.PLANNING)
    while _plan(run, pulse, now, limit=BATCH):
        pass
    _to(run, RunState.DELIVERING, lease_until=None, error="", due_at=now)
    finish_delivered(now=now, only=run.pk)


def _plan(run: SyncRun, pulse: Pulse, now: datetime, *, limit: int) -> bool:
    """Plan a batch of what waits in this flow; true if there was any."""
    pulse.hold()
    done = plan_waiting(flow_id=run.flow_id, agreement=run.agreement, limit=limit, now=now)
    if done.planned or done.rejected:
        SyncRun.objects.filter(pk=run.pk).update(
            planned=F("planned") + done.planned, rejected=F("rejected") + done.rejected
        )
        nudge("integrations.drain", connection=run.agreement.document["target"]["connection"])
    return bool(done.planned or done.rejected)


def _to(run: SyncRun, state: RunState, **columns: Any) -> None:
    mine = SyncRun.objects.filter(pk=run.pk, fence=run.fence)
    if mine.update(state=state, **columns) != 1:
        raise LostLease


def _retry(agreement: Agreement) -> dict[str, Any]:
    found: dict[str, Any] = agreement.document.get("retry") or {}
    return found


def _again(run: SyncRun, error: TryLater, now: datetime) -> None:
    """The time of the next try lives in the row; throttling costs none."""
    retry = _retry(run.agreement)
    if not error.throttled and run.tries >= backoff.limit(retry):
        _give_up(run, str(error), now)
        return
    moment = backoff.retry_at(
        retry,
        tries=run.tries,
        after_seconds=error.after_seconds,
        spread=SystemRandom().random(),
        now=now,
    )
    SyncRun.objects.filter(pk=run.pk, fence=run.fence).update(
        state=RunState.QUEUED,
        lease_until=None,
        due_at=moment,
        error=str(error)[:4000],
        tries=F("tries") - 1 if error.throttled else F("tries"),
    )


def _give_up(run: SyncRun, why: str, now: datetime) -> None:
    source_exhausted(run.agreement, why, now=now)
    _end(run, RunState.FAILED, now, error=why)


def _end(run: SyncRun, state: RunState, now: datetime, *, error: str) -> None:
    SyncRun.objects.filter(pk=run.pk, fence=run.fence).update(
        state=state, lease_until=None, finished_at=now, error=error[:4000]
    )
    nudge("integrations.plan", flow_id=run.flow_id)
