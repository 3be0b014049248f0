"""The sweeper: whatever a lost message left undone is found by its row and rung for again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from governance import crash
from integrations.cases.escalating import escalate
from integrations.cases.handing import wake_snoozed
from integrations.cases.models import Case
from integrations.cases.queries import waiting_for_activation
from integrations.cases.services import wake
from integrations.cases.settling import mark_breached, mend
from integrations.messages.queries import due_connections, waiting_flows
from integrations.messages.services import expire_leases
from integrations.nudges import nudge
from integrations.sync.finishing import finish_delivered
from integrations.sync.references import release_found
from integrations.sync.runs import ready

MOST = 200
"""Wake-ups of one kind per sweep; the rest is due at the next."""


def sweep(*, now: datetime) -> None:
    """Ring for due runs, lanes and messages; end runs; wake cases; move breached ones up."""
    expire_leases(now=now)
    crash.point("in_sweeper")
    for run in ready(now).order_by("due_at").values_list("pk", flat=True)[:MOST]:
        nudge("integrations.run", run_id=run)
    for connection in due_connections(now)[:MOST]:
        nudge("integrations.drain", connection=connection)
    for flow in waiting_flows()[:MOST]:
        nudge("integrations.plan", flow_id=flow)
    finish_delivered(now=now)
    wake_cases(now=now)
    release_found(now=now)
    mend(now=now)
    wake_snoozed(now=now)
    mark_breached(now=now)
    escalate(now=now)


def wake_cases(*, now: datetime, flows: Iterable[int] | None = None) -> int:
    """Replay what waited for a change request that is active now."""
    found: QuerySet[Case] = waiting_for_activation()
    if flows is not None:
        found = found.filter(flow__in=list(flows))
    cases = list(found.order_by("pk")[:MOST])
    if cases:
        wake(cases=cases, now=now)
    return len(cases)
