"""Accounts, as the CRM tells them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.demo.clock import stamp
from portal.demo.firm.calendar import NOW
from portal.demo.firm.faults import foreign_terms
from portal.demo.firm.parties import Customer
from portal.demo.firm.world import World
from portal.demo.workplan.words import Dated

SINCE = datetime(2025, 6, 2, 9, tzinfo=UTC)


def _account(one: Customer) -> dict[str, Any]:
    return {
        "id": one.number,
        "number": one.number,
        "name": one.name,
        "tradingName": one.trading,
        "status": one.status,
        "country": one.country,
        "region": one.region,
        "billingAddress": one.address,
        "invoiceEmail": one.email,
        "currency": one.currency,
        "language": "de" if one.country in {"DE", "AT", "CH"} else "en",
        "owner": one.owner,
        "sync": {"billing": one.known, "erp": one.known},
        **foreign_terms(one),
    }


def accounts(world: World) -> Iterator[Dated]:
    for place, one in enumerate(world.customers.values()):
        at = SINCE + timedelta(days=place)
        if not one.known:
            at = NOW - timedelta(hours=20 - place % 3)
        if foreign_terms(one):
            at = NOW - timedelta(hours=15)
        yield stamp(at), _account(one) | {"createdAt": stamp(SINCE), "modifiedAt": stamp(at)}
