"""Customers and billing terms, as the billing system tells them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from portal.demo.firm.world import World
from portal.demo.ledgerline.words import Dated, customer_id, dated


def customers(world: World) -> Iterator[Dated]:
    for number, one in world.customers.items():
        if one.known:
            at = datetime.fromisoformat("2025-06-02T09:00:00+00:00")
            yield dated(
                at,
                at,
                {
                    "id": customer_id(number),
                    "object": "customer",
                    "name": one.name,
                    "email": one.email,
                    "currency": one.currency.lower(),
                    "country": one.country,
                    "external_reference": number,
                },
            )


def contracts(world: World) -> Iterator[Dated]:
    for one in world.contracts.values():
        held = one.latest
        yield dated(
            one.versions[0].signed_at,
            held.signed_at,
            {
                "id": f"con_{int(one.number[3:]):08}",
                "object": "contract",
                "number": one.number,
                "customer": customer_id(one.customer),
                "external_customer": one.customer,
                "entity": one.entity,
                "type": one.type,
                "version": held.number,
                "effective_from": str(held.effective),
                "currency": one.currency.lower(),
                "cadence": one.cadence,
                "terms_days": one.terms,
                "status": "active",
                "rates": dict(held.rates),
            },
        )
