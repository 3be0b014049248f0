"""The product in one process of its own: the child that the tests on real systems start and kill.

python pipeline.py found FILE      migrate, and lay the foundation that the file describes
python pipeline.py run FLOW...     run each flow in turn, each to its rest, by the real clock
python pipeline.py report          print the ledger as JSON
"""

# ruff: noqa: E402 - Django is set up before anything of it is imported

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"

import django

django.setup()

from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

from governance.approvals import services as approvals
from governance.approvals.lifecycle import Verdict
from governance.approvals.models import Revision
from governance.audit import services as audit
from governance.flows.models import Flow
from integrations.cases.settling import live
from integrations.connectors.services import put_secret
from integrations.messages.models import Attempt, ClosedAttempt, InboxMessage, Lane, Operation
from integrations.messages.queries import due_connections
from integrations.sync import services
from integrations.sync.delivery import drain
from integrations.sync.lifecycle import ENDED, Trigger
from integrations.sync.models import SyncRun
from integrations.sync.runs import ready
from portal.accounts.models import User

AUTHOR, SIGNERS = "ada", ("paul", "petra")
PEOPLE = (AUTHOR, *SIGNERS, "olga", "stan", "fiona")
PATIENCE = 240.0
"""Seconds without any change until whoever waits is told what hangs."""


def found(file: str) -> None:
    """Everything in one change request, signed by two, and active."""
    call_command("migrate", verbosity=0)
    given = json.loads(Path(file).read_text())
    people = {name: User.objects.create_user(name) for name in PEOPLE}
    now = timezone.now()
    request = approvals.open_foundation(
        by=people[AUTHOR],
        title="Project to cash",
        items=given["items"],
        signers=[people[name] for name in SIGNERS],
        now=now,
    )
    shown = Revision.objects.filter(request=request).latest("number").digest
    for name in SIGNERS:
        approvals.vote(
            request=request,
            by=people[name],
            verdict=Verdict.APPROVE,
            seen=shown,
            reason="Read it",
            now=now,
        )
    approvals.activate_due(now=now)
    request.refresh_from_db()
    assert request.state == "active", request.state
    admin = User.objects.get(username=SIGNERS[0])
    for name, value in given["secrets"].items():
        put_secret(name=name, value=value, by=admin, reason="Key of the connection", now=now)


def run(*flows: str) -> None:
    """First whatever an earlier process left behind, then one run of each flow."""
    to_rest()
    for slug in flows:
        flow = Flow.objects.get(slug=slug)
        services.start(flow=flow, by=None, trigger=Trigger.SLOT, now=timezone.now())
        to_rest()
    audit.seal(now=timezone.now())
    assert audit.verify() == []


def to_rest() -> None:
    """Ring what a worker would be rung for, until nothing is left that could be done."""
    moved, before = time.monotonic(), pending()
    while before:
        now = timezone.now()
        services.tick(now=now)
        ring(now)
        after = pending()
        if after != before:
            moved, before = time.monotonic(), after
        if time.monotonic() - moved > PATIENCE:
            raise AssertionError(f"nothing moves: {json.dumps(ledger(), indent=1)}")
        pause(now)


def ring(now: datetime) -> None:
    for pk in ready(now).values_list("pk", flat=True):
        services.execute(run_id=pk, now=now)
    for connection in due_connections(now):
        drain(connection=connection, now=now)
    services.finish_delivered(now=now)


def pending() -> list[int]:
    """Rows that still move, as counts; empty when there are none."""
    counts = [
        Lane.objects.filter(due_at__isnull=False).count(),
        Lane.objects.filter(lease_until__isnull=False).count(),
        InboxMessage.objects.filter(state="accepted").count(),
        SyncRun.objects.exclude(state__in=ENDED).count(),
        ClosedAttempt.objects.count(),
    ]
    return counts if any(counts[:-1]) else []


def pause(now: datetime) -> None:
    """Sleep where only time is missing."""
    if pending() and not due_connections(now) and not ready(now).exists():
        time.sleep(0.2)


def report() -> None:
    print(json.dumps(ledger()))


def ledger() -> dict[str, Any]:
    cases = live().values("klass", "title", "detail")
    return {
        "messages": tally(InboxMessage, ["flow__slug", "state"]),
        "operations": tally(Operation, ["kind", "state"]),
        "attempts": tally(ClosedAttempt, ["outcome"]),
        "unfinished": Attempt.objects.count(),
        "runs": tally(SyncRun, ["state"]),
        "cases": [{**one, "detail": str(one["detail"])} for one in cases],
    }


def tally(table: Any, names: Sequence[str]) -> dict[str, int]:
    """How many rows of each combination, under the values joined by a space."""
    rows = table.objects.order_by().values_list(*names).annotate(Count("pk"))
    return {" ".join(values): number for *values, number in rows}


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    if verb == "found":
        found(*rest)
    elif verb == "run":
        run(*rest)
    else:
        report()
