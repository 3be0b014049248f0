"""Every table of the pillar, where Django looks for them."""

from integrations.cases.models import Case, CaseEvent, Correction, SignOff
from integrations.connectors.models import Breaker, MaintenanceWindow, RateBucket, Secret
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
from integrations.reconciliation.models import (
    Break,
    ComparedRecord,
    PeriodSignOff,
    Reconciliation,
    ReconciliationRun,
)
from integrations.sla.models import (
    DirtyDay,
    Exposure,
    FoldTurn,
    MetricCell,
    MilestoneFact,
    StaleUnit,
    Unit,
)
from integrations.sync.models import BeatLease, ReceivedEvent, ScheduleSlot, SyncRun

__all__ = [
    "Attempt",
    "BeatLease",
    "Break",
    "Breaker",
    "Case",
    "CaseEvent",
    "ClosedAttempt",
    "ComparedRecord",
    "Correction",
    "CrossReference",
    "Cursor",
    "DirtyDay",
    "Exposure",
    "FoldTurn",
    "InboxMessage",
    "Lane",
    "MaintenanceWindow",
    "MetricCell",
    "MilestoneFact",
    "Operation",
    "Payload",
    "PeriodSignOff",
    "RateBucket",
    "ReceivedEvent",
    "Reconciliation",
    "ReconciliationRun",
    "ScheduleSlot",
    "Secret",
    "SignOff",
    "StaleUnit",
    "SyncRun",
    "Unit",
]
