"""Charges that are on no invoice yet, and receipts of those that are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.demo.clock import stamp
from portal.demo.firm.lines import Line
from portal.demo.firm.tax import tax_code
from portal.demo.firm.world import World
from portal.demo.ledgerline.words import Dated, customer_id, dated
from portal.demo.workplan.words import hours


def items(world: World) -> Iterator[Dated]:
    for one in world.lines:
        if one.charge:
            assert one.approved_at is not None
            yield dated(one.approved_at, one.approved_at, item(world, one))


def item(world: World, one: Line) -> dict[str, Any]:
    """A charge that is on no issued invoice yet."""
    contract = world.contracts[one.contract]
    project = world.projects[one.project]
    return {
        "id": one.charge,
        "object": "item",
        "customer": customer_id(contract.customer),
        "amount": one.amount,
        "currency": contract.currency.lower(),
        "tax_code": tax_code(world.customers[contract.customer]),
        "service_date": str(one.day),
        "description": f"{project.name}, {one.day}",
        "external_reference": one.id,
        "metadata": {
            "reference": one.id,
            "kind": one.kind,
            "project": one.project,
            "contract": one.contract,
            **({"hours": hours(one.quarters)} if one.kind == "time" else {}),
            **({"receipt": one.receipt} if one.receipt else {}),
        },
        "status": "held" if one.held else "pending",
        "invoice": None,
    }


def receipts(world: World) -> Iterator[Dated]:
    for one in world.lines:
        if one.receipt and one.invoice:
            assert one.changed_at is not None
            yield stamp(one.changed_at), {"id": one.id, "receipt": one.receipt}
