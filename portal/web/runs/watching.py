"""How far a run has come, and when the next one starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from governance.agreements.lifecycle import AgreementStatus
from governance.agreements.models import Agreement
from governance.flows.models import Flow
from integrations.messages.lifecycle import DONE_OPERATIONS, OperationState
from integrations.messages.models import Operation
from integrations.sync.lifecycle import ENDED, RunState, Trigger
from integrations.sync.models import SyncRun
from integrations.sync.queries import last_runs
from integrations.sync.schedule import BadSchedule, is_scheduled, next_slot
from portal.access.backend import domains
from portal.accounts.models import User

START = "integrations.start_run"


@dataclass(frozen=True, slots=True)
class Progress:
    """Counted from the ledger, so that a reload tells the same as a poll."""

    effects: int
    applied: int
    unchanged: int
    superseded: int
    failed: int
    rejected: int
    ended: bool
    words: str

    @property
    def done(self) -> int:
        """Effects that settled well."""
        return self.applied + self.unchanged + self.superseded

    @property
    def wrong(self) -> int:
        """What a person has to look at."""
        return self.failed + self.rejected

    @property
    def total(self) -> int:
        """The whole bar."""
        return self.effects + self.rejected or 1


def progress(run: SyncRun) -> Progress:
    """One query."""
    by_state = {
        str(state): Count("pk", filter=Q(state=state))
        for state in (
            OperationState.APPLIED,
            OperationState.UNCHANGED,
            OperationState.SUPERSEDED,
            OperationState.FAILED,
        )
    }
    rows = Operation.objects.filter(message__run=run.pk)
    counted: dict[str, int] = rows.aggregate(
        effects=Count("pk"), settled=Count("pk", filter=Q(state__in=DONE_OPERATIONS)), **by_state
    )
    settled = counted.pop("settled")
    return Progress(
        **counted,
        rejected=run.rejected,
        ended=run.state in ENDED,
        words=_words(run, settled, counted["effects"]),
    )


def _words(run: SyncRun, settled: int, effects: int) -> str:
    if run.state == RunState.QUEUED:
        return "waits for a worker" if run.tries == 0 else f"waits for try {run.tries + 1}"
    if run.state in (RunState.READING, RunState.PLANNING):
        return f"{run.read:,} read, {run.planned:,} planned"
    if run.state == RunState.DELIVERING:
        return f"{settled:,} of {effects:,} delivered"
    return "ended"


@dataclass(frozen=True, slots=True)
class Line:
    """One flow that runs: its last run and its next slot."""

    flow: Flow
    last: SyncRun | None
    schedule: str
    next: datetime | None
    may_start: bool


def flows(person: User) -> QuerySet[Flow]:
    """Flows whose runs the person sees and that have an active flow agreement."""
    allowed = domains(person, "integrations.view_run")
    rows = Flow.objects.filter(agreements__status=AgreementStatus.ACTIVE)
    return rows if allowed is None else rows.filter(domain__in=allowed)


def lines(person: User, *, now: datetime) -> list[Line]:
    """By name; three queries for any number of flows."""
    found = list(flows(person).select_related("domain").order_by("name", "pk"))
    active = Agreement.objects.filter(flow__in=found, status=AgreementStatus.ACTIVE)
    schedules = dict(active.values_list("flow_id", "document__schedule"))
    newest = {run.flow_id: run for run in last_runs().filter(flow__in=found)}
    return [
        Line(
            flow,
            newest.get(flow.pk),
            schedule_words(schedules.get(flow.pk) or {}),
            upcoming(schedules.get(flow.pk) or {}, now=now),
            person.has_perm(START, flow),
        )
        for flow in found
    ]


def schedule_words(schedule: dict[str, Any]) -> str:
    """`every PT15M`, `cron 0 6 * * 1-5 Europe/Berlin`."""
    if schedule.get("every"):
        return f"every {_span(schedule['every'])}"
    if schedule.get("cron"):
        return f"{schedule['cron']} {schedule.get('time_zone', 'UTC')}"
    return "by events or by hand"


def _span(text: str) -> str:
    """`PT15M` is "15 min"."""
    words = text.removeprefix("P").replace("T", "")
    for unit, said in (("D", " d "), ("H", " h "), ("M", " min "), ("S", " s ")):
        words = words.replace(unit, said)
    return words.strip()


def upcoming(schedule: dict[str, Any], *, now: datetime) -> datetime | None:
    """The next slot; None for a flow that nothing schedules."""
    try:
        return next_slot(schedule, after=now) if is_scheduled(schedule) else None
    except BadSchedule:
        return None


STARTERS: dict[str, str] = {
    Trigger.SLOT: "its schedule",
    Trigger.EVENTS: "events",
    Trigger.WEBHOOK: "a webhook",
}


def started_by(run: SyncRun) -> str:
    """Why it ran."""
    if run.trigger == Trigger.PERSON:
        return run.requested_by.label if run.requested_by is not None else "a person"
    return STARTERS[run.trigger]
