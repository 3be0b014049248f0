"""Door-bells of the registry: what is due is told by rows."""

from __future__ import annotations

from celery import shared_task

from governance import clock
from governance.approvals import services as approvals
from governance.audit import services as audit


@shared_task(name="governance.scan")
def scan() -> None:
    """Activate what is due, recall what lost its ground, expire what lies idle."""
    approvals.scan(now=clock.now())


@shared_task(name="governance.seal")
def seal() -> None:
    """Fold what was decided since into the chain of seals."""
    audit.seal(now=clock.now())
