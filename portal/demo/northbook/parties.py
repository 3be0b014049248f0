"""Customers and projects, as the ERP tells them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from portal.demo.clock import stamp
from portal.demo.firm import planted
from portal.demo.firm.agreements import Project
from portal.demo.firm.world import World
from portal.demo.northbook.words import SINCE, Dated, dated

STREAM_CENTRES = {
    "risk-regulation": "CC410",
    "operating-model": "CC420",
    "service-design": "CC430",
    "data-platform": "CC510",
    "cloud-core": "CC520",
    "managed-run": "CC610",
    "supply-chain": "CC620",
}
"""What the firm's value map says; energy-trading is missing from it."""


def customers(world: World) -> Iterator[Dated]:
    for number, one in world.customers.items():
        if one.known:
            yield dated(
                SINCE,
                {
                    "id": str(4000 + int(number[3:])),
                    "number": number,
                    "name": one.name,
                    "country": one.country,
                    "currency": one.currency,
                    "payment_terms": "NET30",
                    "credit_limit": "750000.00",
                    "credit_status": "ok",
                    "tax_number": f"{one.country}{200_000_000 + 7919 * int(number[3:])}",
                },
            )


def projects(world: World) -> Iterator[Dated]:
    for one in world.projects.values():
        if one.erp_state != "ready":
            yield dated(one.activated_at + timedelta(hours=5), _project(world, one))


def _project(world: World, one: Project) -> dict[str, Any]:
    contract = world.contracts[one.contract]
    unknown = one.erp_state == "manual"
    code = planted.ERP_CODE if unknown else one.erp_code
    rule = f"{contract.type}_{contract.cadence}"
    return {
        "id": code,
        "code": code,
        "psa_number": None if unknown else one.number,
        "name": "Timetable platfrm" if unknown else one.name,
        "customer_number": one.customer,
        "company": contract.entity,
        "cost_centre": STREAM_CENTRES[one.workstream],
        "contract_number": one.contract,
        "contract_version": contract.latest.number,
        "billing_rule": None if one.billing_rule is None else rule,
        "status": "active",
        "activated_at": stamp(one.activated_at + timedelta(hours=5)),
    }
