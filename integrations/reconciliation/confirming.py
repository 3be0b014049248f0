"""When a break counts: both systems were read since it arose, and nothing is under way to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from integrations.messages.lifecycle import OPEN_OPERATIONS, MessageState
from integrations.messages.models import InboxMessage, Operation
from integrations.reconciliation.lifecycle import BreakState, Side
from integrations.reconciliation.models import Break
from integrations.reconciliation.standing import Rule
from integrations.sync.lifecycle import RunState
from integrations.sync.models import SyncRun

READ = (RunState.DELIVERING, RunState.DONE)


def confirm(rule: Rule, *, now: datetime) -> int:
    """Open what waited long enough; how many."""
    waiting = list(
        Break.objects.filter(reconciliation=rule.row, state=BreakState.UNDER_WAY).order_by("pk")
    )
    if not waiting:
        return 0
    until = [_read_until(rule, side, now) for side in Side]
    if None in until:
        return 0
    seen = min(moment for moment in until if moment is not None)
    busy = _under_way(rule, waiting, seen)
    ripe = [one.pk for one in waiting if one.since <= seen and one.key not in busy]
    return Break.objects.filter(pk__in=ripe).update(state=BreakState.OPEN, opened_at=now)


def _read_until(rule: Rule, side: Side, now: datetime) -> datetime | None:
    """Up to when the side's system was read to its end; what is pushed is always up to date."""
    if rule.agreements[side].document["flow"]["pattern"] == "event":
        return now
    runs = SyncRun.objects.filter(flow=rule.flow(side), state__in=READ)
    told = runs.aggregate(started=Max("started_at"), finished=Max("finished_at"))
    found = [moment for moment in told.values() if moment is not None]
    return max(found, default=None)


def _under_way(rule: Rule, breaks: Sequence[Break], seen: datetime) -> set[str]:
    """Keys whose record is not planned yet, is on its way across, or was not read back."""
    by_message = {one.left_message: one.key for one in breaks if one.left_message}
    unplanned = InboxMessage.objects.filter(pk__in=by_message, state=MessageState.ACCEPTED)
    across = Operation.objects.filter(
        business_key__in=[one.key for one in breaks], target_system=rule.row.right_system
    )
    moving = across.filter(state__in=OPEN_OPERATIONS, lane__blocked_by=None)
    young = across.filter(settled_at__gt=seen)
    return {
        *(by_message[pk] for pk in unplanned.values_list("pk", flat=True)),
        *moving.values_list("business_key", flat=True),
        *young.values_list("business_key", flat=True),
    }
