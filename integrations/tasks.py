"""Door-bells: fetch the clock, call one service. Losing or doubling one is harmless."""

from __future__ import annotations

from celery import shared_task

from governance import clock
from integrations.nudges import nudge
from integrations.outbox import services as outbox
from integrations.reconciliation import services as reconciliation
from integrations.sla import services as sla
from integrations.sync import services


@shared_task(name="integrations.tick")
def tick() -> None:
    """Due slots, then everything that is due and unheld."""
    services.tick(now=clock.now())
    outbox.ring(now=clock.now())
    nudge("integrations.fold")
    nudge("integrations.reconcile")


@shared_task(name="integrations.run")
def run(*, run_id: int) -> None:
    """Read, accept and plan."""
    services.execute(run_id=run_id, now=clock.now())


@shared_task(name="integrations.plan")
def plan(*, flow_id: int) -> None:
    """Plan what waits, under the newest flow agreement."""
    services.plan(flow_id=flow_id, now=clock.now())


@shared_task(name="integrations.drain")
def drain(*, connection: str) -> None:
    """Deliver for a while, and end the runs that this settled."""
    services.deliver(connection=connection, now=clock.now())


@shared_task(name="integrations.agreements_changed")
def agreements_changed(*, flow_ids: list[int]) -> None:
    """After an activation."""
    services.agreements_changed(flow_ids=flow_ids, now=clock.now())


@shared_task(name="integrations.carry")
def carry(*, channel: str) -> None:
    """Notices to mailboxes or webhooks."""
    outbox.carry(channel=channel, now=clock.now())


@shared_task(name="integrations.fold")
def fold() -> None:
    """What planned records say of their process, and the money that open cases put at risk."""
    sla.fold(now=clock.now())


@shared_task(name="integrations.verify_cells")
def verify_cells() -> None:
    """Some days of every metric, counted anew from facts."""
    sla.verify(now=clock.now())


@shared_task(name="integrations.reconcile")
def reconcile() -> None:
    """Compare what two systems say of the same things."""
    reconciliation.reconcile(now=clock.now())
