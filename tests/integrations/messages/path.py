"""The whole path in a few words: a flow between two in-memory systems, as the tests need it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from governance.agreements.models import Agreement
from integrations.cases.models import Case
from integrations.connectors.port import ConnectionSpec
from integrations.connectors.registry import open_connector
from integrations.connectors.stores import Store, store
from integrations.messages.models import Lane, Operation
from integrations.messages.services import accept, cursor_of
from integrations.sync.delivery import Drained, drain
from integrations.sync.planning import plan_all
from tests import firm

WRITES = {
    "idempotency_key": '{create: "POST /items", idempotency: {header: Idempotency-Key}}',
    "upsert": '{upsert: "PUT /items", upsert_by: external_id}',
    "lookup": '{create: "POST /items", lookup: "external_id={reference}"}',
    "none": '{create: "POST /items"}',
}
SOURCE, TARGET = "psa-main", "billing-main"


def flow(effect: str = "upsert", **more: Any) -> Agreement:
    """The sample flow with a target of that effect class; `more` overrides the flow's document."""
    effects = [{**firm.EFFECTS[0], "action": "upsert" if effect == "upsert" else "create"}]
    mapping = more.pop("mapping", {"effects": more.pop("effects", effects)})
    item = f"  item:\n    path: /items\n    id: id\n    write: {WRITES[effect]}\n"
    firm.register(
        [firm.connector("billing", item), firm.mapping_item(**mapping), firm.flow_item(**more)]
    )
    return Agreement.objects.select_related("flow").get(
        flow__slug="time-to-billing", status="active"
    )


def psa() -> Store:
    return store(SOURCE)


def billing() -> Store:
    return store(TARGET)


def put(name: str, *, amount: str = "100.00", **more: Any) -> None:
    """One time entry, or its next version, at the source."""
    entry = {"id": name, "project": "P-1", "hours": "1.5", "amount": amount, "currency": "EUR"}
    psa().put("time", {**entry, "role": "consultant", **more})


def read(agreement: Agreement, *, now: datetime = firm.NOW) -> int:
    """Accept what the source has changed; how many new versions."""
    side = agreement.document["source"]
    source = open_connector(ConnectionSpec.from_agreement(side))
    page = source.read(side["object"], cursor=cursor_of(agreement.flow_id), limit=10_000, where={})
    done = accept(agreement=agreement, run=None, records=page.records, cursor=page.cursor, now=now)
    return done.accepted


def plan(agreement: Agreement, *, now: datetime = firm.NOW) -> tuple[int, int]:
    """(planned, rejected)."""
    done = plan_all(agreement=agreement, now=now)
    return done.planned, done.rejected


def deliver(*, now: datetime = firm.NOW) -> Drained:
    return drain(connection=TARGET, now=now)


def settle(agreement: Agreement, *, now: datetime = firm.NOW) -> datetime:
    """Read, plan and deliver until nothing moves, waiting as long as rows say; the time then."""
    read(agreement, now=now)
    plan(agreement, now=now)
    for _ in range(60):
        deliver(now=now)
        waiting = Lane.objects.filter(due_at__isnull=False).order_by("due_at").first()
        if waiting is None or waiting.due_at is None:
            return now
        now = max(now, waiting.due_at) + timedelta(seconds=61)
    raise AssertionError("it does not come to rest")


def states(name: str = "") -> list[str]:
    """States of operations in the order of planning; of one business key if named."""
    rows = Operation.objects.order_by("message_id", "position")
    if name:
        rows = rows.filter(business_key=name)
    return list(rows.values_list("state", flat=True))


def open_cases() -> list[tuple[str, str]]:
    """(class, business key of operation or key of message, or connection) of live cases."""
    rows = Case.objects.exclude(state__in=["resolved", "dismissed"]).order_by("id")
    return [(one.klass, _subject(one)) for one in rows.select_related("operation", "message")]


def _subject(case: Case) -> str:
    if case.operation is not None:
        return case.operation.business_key
    return case.message.key if case.message is not None else case.connection


def amounts() -> list[tuple[str, int]]:
    """(external id, minor units) of each effect at the target, in order."""
    return [(one.body["external_id"], one.body["amount_minor"]) for one in billing().effects]
