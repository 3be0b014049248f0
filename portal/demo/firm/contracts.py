"""Sixty projects, each under a customer contract of its own with dated versions and rates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from portal.demo.firm.agreements import Contract, Project, Version
from portal.demo.firm.calendar import later, moment
from portal.demo.firm.customers import ENTITIES
from portal.demo.firm.dice import Dice
from portal.demo.firm.offers import named, unnamed
from portal.demo.firm.parties import Customer, Person
from portal.demo.firm.people import BASE, raised

FACTOR = {"GBP": -60, "EUR": 0, "USD": 90}
"""Per mille on the base rates."""


END = date(2026, 12, 31)


def projects(
    customers: dict[str, Customer], people: list[Person]
) -> tuple[dict[str, Contract], dict[str, Project]]:
    """By number. Every fifth of the unnamed is fixed price; four a region bill by the week."""
    contracts: dict[str, Contract] = {}
    made: dict[str, Project] = {}
    for place, row in enumerate([*named(), *unnamed(customers)]):
        contract, project = _pair(place, row, customers, people)
        contracts[contract.number] = contract
        made[project.number] = project
    return contracts, made


def _pair(
    place: int, row: list[str], customers: dict[str, Customer], people: list[Person]
) -> tuple[Contract, Project]:
    number, client, name, unit, type, cadence, begins, stream = row
    customer, start, dice = (
        customers[client],
        date.fromisoformat(begins),
        Dice(f"contract/{number}"),
    )
    contract = Contract(
        number=f"CC-{1031 + place}",
        customer=client,
        entity=customer.entity,
        region=customer.region,
        unit=unit,
        type=type,
        cadence=cadence,
        terms=dice.pick((30, 30, 45) if customer.region != "NA" else (30, 45, 60)),
        start=start,
        end=END,
        po=f"PO-{77_000 + 37 * place}",
        currency=ENTITIES[customer.entity].currency,
        versions=_versions(customer, start, dice),
    )
    managers = [
        one for one in people if one.entity == customer.entity and one.role.endswith("manager")
    ]
    project = Project(
        number=number,
        name=name,
        customer=client,
        contract=contract.number,
        workstream=stream,
        manager=managers[place % len(managers)].id,
        start=start,
        end=END,
        activated_at=_before(customer.entity, start, dice),
        erp_code=f"P-{70_001 + place}",
    )
    return contract, project


def _versions(customer: Customer, start: date, dice: Dice) -> list[Version]:
    """Version 1 at the start; where there is a second, its rates are higher from July on."""
    rates = raised(BASE, per_mille=FACTOR[customer.currency] + 10 * dice.below(8))
    signed = _before(customer.entity, start - timedelta(days=10), dice)
    held = [Version(1, start, signed, rates)]
    if start < date(2026, 3, 1) and dice.falls(per_mille=450):
        signed = datetime(2026, 6, dice.between(8, 26), 13, dice.below(60), tzinfo=UTC)
        held.append(Version(2, date(2026, 7, 1), signed, raised(rates, per_mille=35)))
    return held


def _before(entity: str, day: date, dice: Dice) -> datetime:
    """A moment of some business day shortly before."""
    return moment(entity, later(entity, day - timedelta(days=dice.between(4, 9)), 0), dice)
