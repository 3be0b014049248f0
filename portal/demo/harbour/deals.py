"""Opportunities, won and still talked about, as the CRM tells them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from portal.demo.clock import stamp
from portal.demo.firm.calendar import FIRST, later, moment
from portal.demo.firm.dice import Dice
from portal.demo.firm.world import World
from portal.demo.harbour.contracts import deal
from portal.demo.workplan.words import Dated

OPEN_DEALS = 30


OFFERS = ("Extension", "New platform", "Assessment", "Run support")


STAGES = {"qualified": 10, "proposed": 40, "negotiated": 70, "lost": 0}


def opportunities(world: World) -> Iterator[Dated]:
    for project in world.projects.values():
        contract = world.contracts[project.contract]
        won = contract.versions[0].signed_at - timedelta(days=6)
        yield (
            stamp(won),
            {
                "id": deal(contract),
                "name": project.name,
                "accountNumber": contract.customer,
                "stage": "won",
                "serviceLine": contract.unit,
                "amount": contract.total / 100,
                "currency": contract.currency,
                "probability": 100,
                "closeDate": str(won.date()),
                "wonAt": stamp(won),
                "expectedStart": str(contract.start),
                "owner": world.customers[contract.customer].owner,
                "contractNumber": contract.number,
                "modifiedAt": stamp(won),
            },
        )
    for place in range(OPEN_DEALS):
        yield _deal_in_talks(world, place)


def _deal_in_talks(world: World, place: int) -> Dated:
    dice = Dice(f"deal/{place}")
    customer = dice.pick(list(world.customers.values()))
    stage = dice.pick(list(STAGES))
    day = later(customer.entity, FIRST + timedelta(days=dice.between(200, 350)), 0)
    at = stamp(moment(customer.entity, day, dice))
    return at, {
        "id": f"OPP-{2900 + place}",
        "name": f"{dice.pick(OFFERS)}, {customer.trading}",
        "accountNumber": customer.number,
        "stage": stage,
        "serviceLine": dice.pick(("Advisory", "Technology", "Operations")),
        "amount": 10_000 * dice.between(4, 70),
        "currency": customer.currency,
        "probability": STAGES[stage],
        "closeDate": str(date(2026, 12, 1) + timedelta(days=dice.below(90))),
        "wonAt": None,
        "expectedStart": str(date(2027, 1, 4) + timedelta(days=7 * dice.below(20))),
        "owner": customer.owner,
        "contractNumber": None,
        "modifiedAt": at,
    }
