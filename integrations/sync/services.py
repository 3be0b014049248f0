"""The doors of scheduled and started runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from governance.agreements.queries import active
from integrations.connectors.services import limits_of, set_limits
from integrations.messages.queries import due_connections
from integrations.nudges import nudge
from integrations.sync.delivery import drain
from integrations.sync.dispatch import dispatch
from integrations.sync.events import receive
from integrations.sync.finishing import finish_delivered
from integrations.sync.planning import plan_waiting
from integrations.sync.replays import replay
from integrations.sync.runs import BATCH, execute, start
from integrations.sync.sweep import sweep, wake_cases
from integrations.sync.timetable import keep_flows, keep_standing

__all__ = [
    "agreements_changed",
    "deliver",
    "execute",
    "finish_delivered",
    "plan",
    "receive",
    "replay",
    "start",
    "tick",
]


def tick(*, now: datetime) -> int:
    """Decide due slots, then sweep. Ringing twice changes nothing; returns the runs made."""
    made = dispatch(now=now)
    sweep(now=now)
    return made


def agreements_changed(*, flow_ids: Sequence[int], now: datetime) -> None:
    """Other agreements run now: list their schedules, wake what waited, plan anew."""
    keep_standing()
    keep_flows(list(flow_ids))
    _keep_limits(flow_ids, now)
    wake_cases(now=now, flows=flow_ids)
    for flow in flow_ids:
        nudge("integrations.plan", flow_id=flow)
    nudge("integrations.tick")


def _keep_limits(flow_ids: Sequence[int], now: datetime) -> None:
    """Both connections of a flow are held to the rates that their descriptions declare."""
    for flow in flow_ids:
        if agreement := active(flow):
            for side in ("source", "target"):
                held = agreement.document[side]
                limits = limits_of(held["connector"])
                set_limits(connection=held["connection"], limits=limits, now=now)


def plan(*, flow_id: int, now: datetime) -> None:
    """Plan what waits in a flow under its newest agreement; silent if it has none any more."""
    agreement = active(flow_id)
    if agreement is None:
        return
    found = True
    while found:
        done = plan_waiting(flow_id=flow_id, agreement=agreement, limit=BATCH, now=now)
        found = bool(done.planned or done.rejected)
    nudge("integrations.drain", connection=agreement.document["target"]["connection"])


def deliver(*, connection: str, now: datetime) -> None:
    """Drain, end what is over, and go on where there is more; a resting system is left alone."""
    done = drain(connection=connection, now=now)
    finish_delivered(now=now)
    if (done.applied or done.failed) and connection in due_connections(now):
        nudge("integrations.drain", connection=connection)
