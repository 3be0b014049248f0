"""The real pipeline in one process, until nothing moves: the child that the chaos tests kill.

python worker.py found URL MODE     a firm whose two systems are at URL
python worker.py run SECONDS        ring every door-bell until rest; the clock starts so far ahead
python worker.py propose            a change that is approved and due for activation
"""

# ruff: noqa: E402 - Django is set up before anything of it is imported

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"

import django

django.setup()

from django.core.management import call_command

from governance.agreements.queries import active
from governance.approvals import services as approvals
from governance.approvals.models import ChangeRequest
from governance.audit import services as audit
from integrations.messages.models import InboxMessage, Lane
from integrations.messages.queries import due_connections, waiting_flows
from integrations.sync import delivery, services
from integrations.sync.lifecycle import ENDED
from integrations.sync.models import SyncRun
from integrations.sync.planning import plan_all
from integrations.sync.runs import ready
from portal.accounts.models import User
from tests import firm
from tests.governance.approvals.acts import every, submitted, voted

DECLARED = {
    "idempotency_key": '{create: "POST /items", idempotency: {header: Idempotency-Key}}',
    "upsert": '{upsert: "PUT /items", upsert_by: external_id}',
    "lookup": '{create: "POST /items", lookup: {call: "GET /items", '
    'query: {external_id: "{reference}"}, match: external_id}}',
    "none": '{create: "POST /items"}',
}
DECLARED["liar"] = DECLARED["idempotency_key"]


def found(url: str, mode: str) -> None:
    call_command("migrate", verbosity=0)
    firm.found()
    action = "upsert" if mode == "upsert" else "create"
    effect = {**firm.EFFECTS[0], "action": action}
    if mode != "upsert":
        effect["revision"] = "once"
    items = f"  item:\n    path: /items\n    id: id\n    write: {DECLARED[mode]}\n"
    firm.register(
        [
            firm.connector("psa", "  time: {path: /time, id: id, version: rev}\n"),
            firm.connector("billing", items),
            firm.connection("psa", kind="http", base_url=url),
            firm.connection("billing", kind="http", base_url=url),
            firm.mapping_item(effects=[effect]),
            firm.flow_item(schedule={"every": "PT1H"}),
        ]
    )


def propose() -> None:
    otto, olga = (User.objects.get(username=name) for name in ("otto", "olga"))
    voted(submitted(otto, every(30)), olga)


def run(ahead: float) -> None:
    """Tasks as a worker would run them; a clock that moves on when only time is missing."""
    began = time.monotonic()
    now = firm.NOW + timedelta(seconds=ahead)
    calm = 0
    while calm < 2:
        here = now + timedelta(seconds=time.monotonic() - began)
        services.tick(now=here)
        approvals.scan(now=here)
        ring(here)
        services.finish_delivered(now=here)
        calm = calm + 1 if at_rest() else 0
        wait = missing(here)
        if wait is not None:
            now += wait
    audit.seal(now=now)
    assert audit.verify() == []


def ring(now) -> None:
    for pk in ready(now).values_list("pk", flat=True):
        services.execute(run_id=pk, now=now)
    for flow in waiting_flows():
        plan_all(agreement=active(flow), now=now)
    for connection in due_connections(now):
        delivery.drain(connection=connection, now=now)


def at_rest() -> bool:
    return not (
        Lane.objects.filter(due_at__isnull=False).exists()
        or Lane.objects.filter(lease_until__isnull=False).exists()
        or InboxMessage.objects.filter(state="accepted").exists()
        or SyncRun.objects.exclude(state__in=ENDED).exists()
        or ChangeRequest.objects.filter(state="scheduled").exists()
    )


def missing(now) -> timedelta | None:
    """How long nothing would happen: until the next lane, run or breaker."""
    due = [
        *Lane.objects.filter(due_at__isnull=False).values_list("due_at", flat=True),
        *SyncRun.objects.exclude(state__in=ENDED).values_list("due_at", flat=True),
    ]
    if due and min(due) > now:
        return min(due) - now + timedelta(seconds=1)
    return timedelta(seconds=31) if due else None


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    if verb == "found":
        found(*rest)
    elif verb == "propose":
        propose()
    else:
        run(float(rest[0]))
