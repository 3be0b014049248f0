"""Running the real pipeline of the sample firm to its rest, in this thread."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance.agreements.models import Agreement
from integrations.connectors.stores import store
from integrations.sync.delivery import drain
from integrations.sync.lifecycle import Trigger
from integrations.sync.models import SyncRun
from integrations.sync.services import execute, finish_delivered, start


def time_entry(key: str = "T-1", **more: Any) -> dict[str, Any]:
    """An approved time entry as the sample PSA shows it."""
    return {
        "id": key,
        "project": "P-1",
        "customer": "ACME",
        "hours": "8.0",
        "role": "consultant",
        "amount": "1200.00",
        "currency": "EUR",
        **more,
    }


def put(*entries: dict[str, Any]) -> None:
    """Store entries in the sample PSA."""
    for one in entries:
        store("psa-main").put("time", one)


def items() -> dict[str, dict[str, Any]]:
    """What the sample billing system holds, by our id."""
    return {one.data["external_id"]: one.data for one in store("billing-main").records("item")}


def run(agreement: Agreement) -> SyncRun:
    """One run from start to end."""
    begun = timezone.now()
    made = start(flow=agreement.flow, by=None, trigger=Trigger.PERSON, now=begun)
    execute(run_id=made.pk, now=begun)
    drain(connection="billing-main", now=begun)
    finish_delivered(now=begun + timedelta(hours=1))
    made.refresh_from_db()
    return made
