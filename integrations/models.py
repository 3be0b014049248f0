"""Every table of the pillar, where Django looks for them."""

from integrations.cases.models import Case, CaseEvent, Correction, SignOff
from integrations.crossrefs.models import CrossReference
from integrations.messages.models import (
    Attempt,
    ClosedAttempt,
    Cursor,
    InboxMessage,
    Lane,
    Operation,
    Payload,
)
from integrations.sync.models import ReceivedEvent, ScheduleSlot, SyncRun

__all__ = [
    "Attempt",
    "Case",
    "CaseEvent",
    "ClosedAttempt",
    "Correction",
    "CrossReference",
    "Cursor",
    "InboxMessage",
    "Lane",
    "Operation",
    "Payload",
    "ReceivedEvent",
    "ScheduleSlot",
    "SignOff",
    "SyncRun",
]
