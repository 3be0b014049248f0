"""People and projects, as the PSA tells them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from portal.demo.clock import stamp
from portal.demo.firm.agreements import Project
from portal.demo.firm.world import World
from portal.demo.workplan.words import Dated, contract_of, euro, hours


def people(world: World) -> Iterator[Dated]:
    for one in world.people.values():
        at = stamp(datetime.fromisoformat(f"{one.since}T08:00:00+00:00"))
        host = one.name.lower().replace(" ", ".")
        yield (
            at,
            {
                "id": one.id,
                "name": one.name,
                "email": f"{host}@meridian.example",
                "role": one.role,
                "type": "employee",
                "legal_entity": one.entity,
                "business_unit": one.unit,
                "country": one.country,
                "status": "active",
                "starts_on": str(one.since),
                "updated_at": at,
            },
        )


def projects(world: World) -> Iterator[Dated]:
    for one in world.projects.values():
        at = stamp(one.activated_at)
        yield at, _project(world, one) | {"updated_at": at}


def _project(world: World, one: Project) -> dict[str, Any]:
    contract = world.contracts[one.contract]
    manager = world.people[one.manager]
    return {
        "id": one.number,
        "name": one.name,
        "client_id": one.customer,
        "client_name": world.customers[one.customer].name,
        "status": "active",
        "contract": contract_of(world, one.contract, contract.latest.number),
        "legal_entity": contract.entity,
        "region": contract.region,
        "business_unit": contract.unit,
        "workstream": one.workstream,
        "manager": {"id": manager.id, "name": manager.name},
        "currency": contract.currency,
        "budget_hours": hours(contract.total // contract.latest.rates["manager"] * 4),
        "budget_revenue": euro(contract.total),
        "starts_on": str(one.start),
        "ends_on": str(one.end),
        "activated_at": stamp(one.activated_at),
        "erp": {
            "state": one.erp_state,
            "code": one.erp_code if one.erp_state == "linked" else None,
        },
    }
