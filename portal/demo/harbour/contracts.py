"""Signed contracts with all their versions, as the CRM tells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.demo.clock import stamp
from portal.demo.firm.agreements import Contract, Version
from portal.demo.firm.parties import Rates
from portal.demo.firm.world import World
from portal.demo.workplan.words import Dated


def units(rates: Rates) -> dict[str, float]:
    """Whole units of currency, as JSON numbers."""
    return {role: cents / 100 for role, cents in rates.items()}


def deal(contract: Contract) -> str:
    return f"OPP-{2000 + int(contract.number[3:]) - 1030}"


def contracts(world: World) -> Iterator[Dated]:
    for one in world.contracts.values():
        versions = [*one.versions]
        if one.crm_version:
            versions = [v for v in versions if v.number < one.crm_version.number]
            versions.append(one.crm_version)
        at = stamp(versions[-1].signed_at)
        yield at, _contract(world, one, versions) | {"modifiedAt": at}


def _contract(world: World, one: Contract, versions: list[Version]) -> dict[str, Any]:
    held = versions[-1]
    return {
        "id": one.number,
        "number": one.number,
        "accountNumber": one.customer,
        "opportunityId": deal(one),
        "legalEntity": one.entity,
        "type": one.type,
        "currency": one.currency,
        "region": one.region,
        "businessUnit": one.unit,
        "totalValue": one.total / 100,
        "capAmount": one.cap / 100 if one.cap else None,
        "poNumber": one.po,
        "billingCadence": one.cadence,
        "termsDays": one.terms,
        "startDate": str(one.start),
        "endDate": str(one.end),
        "status": "active",
        "version": held.number,
        "signedAt": stamp(held.signed_at),
        "signedBy": f"Procurement of {world.customers[one.customer].trading}",
        "effectiveFrom": str(held.effective),
        "rates": units(held.rates),
        "versions": [
            {
                "version": v.number,
                "effectiveFrom": str(v.effective),
                "signedAt": stamp(v.signed_at),
                "rates": units(v.rates),
            }
            for v in versions
        ],
    }
