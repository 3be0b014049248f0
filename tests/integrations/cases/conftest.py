"""Records that a case can be about."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from governance.agreements.models import Agreement
from integrations.cases.models import Case
from integrations.cases.services import open_case
from integrations.connectors.port import SourceRecord
from integrations.messages import services as messages
from integrations.messages.models import InboxMessage, Lane, Operation
from tests.firm import NOW


def entry(key: str = "T-1", **more: Any) -> dict[str, Any]:
    """A time entry as the PSA shows it."""
    return {
        "id": key,
        "project": "P-1",
        "customer": "ACME",
        "hours": Decimal("8.0"),
        "role": "consultant",
        "amount": Decimal("1200.00"),
        "currency": "EUR",
        **more,
    }


@pytest.fixture
def arrived(firm: Agreement) -> Callable[..., InboxMessage]:
    """A rejected message: accepted, and refused by planning; money is known unless told."""

    def make(
        key: str = "T-1", *, version: str = "1", money: bool = True, **more: Any
    ) -> InboxMessage:
        record = SourceRecord(key, version, entry(key, **more))
        done = messages.accept(agreement=firm, run=None, records=[record], cursor=None, now=NOW)
        [pk] = done.message_ids
        worth = ("P-1", 120_000, "EUR") if money else ("", None, "")
        messages.reject(rejections=[(pk, "h" * 64, *worth)], agreement=firm.pk, now=NOW)
        return InboxMessage.objects.get(pk=pk)

    return make


@pytest.fixture
def case_of(firm: Agreement, arrived: Callable[..., InboxMessage]) -> Callable[..., Case]:
    """An open case about a message."""

    def make(
        key: str = "T-1", *, klass: str = "data", pointer: str = "/hours", **more: Any
    ) -> Case:
        detail = {
            "rule": "schema",
            "pointer": pointer,
            "value": "x",
            "message": f"'{key}' is no number",
        }
        return open_case(
            klass=klass,
            title="Hours are no number",
            detail=detail,
            agreement=firm,
            message=arrived(key, **more),
            now=NOW,
        )

    return make


@pytest.fixture
def failed_operation(
    firm: Agreement, arrived: Callable[..., InboxMessage]
) -> Callable[..., Operation]:
    """A refused effect, with so many followers waiting silently behind it."""

    def make(key: str = "T-9", *, followers: int = 0) -> Operation:
        message = arrived(key)
        InboxMessage.objects.filter(pk=message.pk).update(state="planned")
        lane = Lane.objects.create(flow=firm.flow, key=key, connection="billing-main")
        made = [
            Operation.objects.create(
                flow=firm.flow,
                agreement=firm,
                message=message,
                lane=lane,
                target_system="billing",
                kind="create_item",
                business_key=key,
                revision=str(number),
                month=NOW.date().replace(day=1),
                body_digest="0" * 64,
                state="planned" if number else "failed",
                amount_minor=50_000,
                currency="EUR",
                planned_at=NOW,
            )
            for number in range(followers + 1)
        ]
        Lane.objects.filter(pk=lane.pk).update(blocked_by=made[0].pk)
        return made[0]

    return make
