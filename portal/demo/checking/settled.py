"""Whether the firm's history has been read and everything that can happen has happened."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from governance.agreements import queries as agreements
from governance.approvals.models import ChangeRequest
from integrations.cases.lifecycle import CaseClass, CaseState
from integrations.cases.models import Case, CaseEvent
from integrations.messages.lifecycle import MessageState, OperationState
from integrations.messages.models import InboxMessage, Operation
from integrations.sla.models import FoldTurn, StaleUnit
from integrations.sync.lifecycle import RunState
from integrations.sync.models import SyncRun

QUIET_SECONDS = 20.0
"""Nothing may have changed for so long."""
LOOK_SECONDS = 2.0


def wait(*, seconds: float, say: Callable[[str], None]) -> bool:
    """Until nothing is left to do; False where that did not come in time."""
    deadline, since, before = time.monotonic() + seconds, time.monotonic(), None
    told = time.monotonic()
    while time.monotonic() < deadline:
        now = state()
        if now != before:
            before, since = now, time.monotonic()
        if not now["left"] and time.monotonic() - since >= QUIET_SECONDS:
            return True
        if time.monotonic() - told >= QUIET_SECONDS:
            told = time.monotonic()
            say(f"  {now['records']} records, {now['effects']} effects, {now['left']} left to do")
        time.sleep(LOOK_SECONDS)
    return False


def state() -> dict[str, Any]:
    """Counts; equal as long as nothing happens."""
    messages = InboxMessage.objects.all()
    return {
        "records": messages.count(),
        "effects": Operation.objects.filter(state=OperationState.APPLIED).count(),
        "cases": Case.objects.count(),
        "left": sum(left() for left in LEFT),
    }


def has_read() -> bool:
    """Whether every flow has read and planned what was there."""
    return not _unread() and not _unplanned()


def _unread() -> int:
    """Flows that have not run to their end yet."""
    ended = SyncRun.objects.filter(state=RunState.DONE).values_list("flow", flat=True)
    done = set(ended.distinct())
    return sum(one.flow_id not in done for one in agreements.all_active())


def _unplanned() -> int:
    return InboxMessage.objects.filter(state=MessageState.ACCEPTED).count()


def _untold() -> int:
    ended = [MessageState.PLANNED, MessageState.REJECTED]
    return InboxMessage.objects.filter(told=False, state__in=ended).count()


def _under_way() -> int:
    """Effects that nobody has to be asked about; followers of a failure wait for a person."""
    waiting = Operation.objects.filter(state=OperationState.PLANNED)
    return waiting.filter(lane__blocked_by=None).count()


def _unproposed() -> int:
    """Changes wait for the architect once there are records to try them on."""
    return int(not ChangeRequest.objects.filter(is_foundation=False).exists())


def _uncounted() -> int:
    """Units whose standing is behind, and what cases said since money at risk was priced."""
    turn = FoldTurn.objects.first()
    unpriced = CaseEvent.objects.filter(pk__gt=turn.priced_upto if turn else 0)
    return StaleUnit.objects.count() + unpriced.count()


def _retried() -> int:
    """Cases that are being tried again, but for those that wait for an unknown record."""
    again = Case.objects.filter(state=CaseState.REPLAYING)
    return again.exclude(klass=CaseClass.REFERENCE).count()


LEFT = (_unread, _unplanned, _untold, _under_way, _uncounted, _retried, _unproposed)
