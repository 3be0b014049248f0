"""How the billing system writes values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.demo.clock import stamp
from portal.demo.firm.agreements import Contract
from portal.demo.firm.tax import tax_rate
from portal.demo.firm.world import World

Dated = tuple[str, dict[str, Any]]


CATEGORY = {"S-STD": "S", "S-FS20": "S", "S-RC": "AE", "S-US": "O"}


def epoch(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def customer_id(number: str) -> str:
    return f"cus_{int(number[3:]):08}"


def dated(created: datetime, changed: datetime, body: dict[str, Any]) -> Dated:
    return stamp(changed), body | {"created": epoch(created), "updated": epoch(changed)}


def percent(code: str, entity: str) -> str:
    return f"{tax_rate(code, entity) / 100:.2f}"


def parties(world: World, contract: Contract) -> dict[str, Any]:
    return {
        "customer": customer_id(contract.customer),
        "external_customer": contract.customer,
        "entity": contract.entity,
        "contract": contract.number,
        "region": contract.region,
        "business_unit": contract.unit,
        "currency": contract.currency.lower(),
    }
