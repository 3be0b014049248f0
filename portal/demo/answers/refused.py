"""Faults that stop a delivery: refused, unmapped, or without a counterpart."""

from __future__ import annotations

from portal.demo.answers.fault import Fault, lines_of
from portal.demo.answers.money import Item, Sum, of_line, total
from portal.demo.answers.unbilled import LONGEST_DAY
from portal.demo.firm import planted
from portal.demo.firm.world import World


def tax_code(world: World) -> Fault:
    money = _unposted(world, planted.TAXED)
    return Fault(
        "tax-code",
        "Tax code without a tax group of the ledger",
        planted.TAXED,
        money.keys,
        money,
        "billing-operations",
        "mapping",
        "invoices-to-erp",
        "Add the row S-FS20 → V20F to the value map ledger-tax-group",
        part="unposted",
    )


def period_closed(world: World) -> Fault:
    money = _unposted(world, planted.PERIOD_CLOSED)
    return Fault(
        "period-closed",
        "Invoices of a period that the ledger has closed",
        planted.PERIOD_CLOSED,
        money.keys,
        money,
        "billing-operations",
        "data",
        "invoices-to-erp",
        "Reopen 2026-09 of MC-DE in the ERP, or correct the posting date",
        part="unposted",
    )


def _unposted(world: World, customer: str) -> Sum:
    return total(
        Item(one.number, one.net, world.contracts[one.contract].currency, one.issued_at.date())
        for one in world.invoices
        if one.issued_at
        and not one.posted_at
        and world.contracts[one.contract].customer == customer
        and (one.tax_code == "S-FS20" or customer != planted.TAXED)
    )


def project_unknown(world: World) -> Fault:
    money = lines_of(world, project=planted.UNKNOWN_PROJECT)
    return Fault(
        "project-unknown",
        "Project that the ledger knows by another number",
        world.projects[planted.UNKNOWN_PROJECT].customer,
        money.keys,
        money,
        "billing-operations",
        "reference",
        "time-to-billing",
        f"Pick {planted.ERP_CODE} as the project of the ledger",
        part="unbilled",
    )


def cost_centre(world: World) -> Fault:
    project = world.projects[planted.NO_COST_CENTRE]
    return Fault(
        "cost-centre",
        "Workstream without a cost centre",
        project.customer,
        (project.number,),
        lines_of(world, project=project.number),
        "integration",
        "mapping",
        "projects-to-erp",
        "Add the row energy-trading → CC440 to the value map workstream-cost-centre",
        part="unbilled",
    )


def duplicate(world: World) -> Fault:
    [line] = [one for one in world.lines if one.id == planted.AGAIN]
    return Fault(
        "duplicate",
        "One receipt entered twice",
        world.contracts[line.contract].customer,
        (line.id,),
        total([of_line(world, line)]),
        "billing-operations",
        "duplicate",
        "expenses-to-billing",
        "Dismiss with the reason, signed by a second person; reject the expense in the PSA",
        part="unbilled",
    )


def authority(world: World) -> Fault:
    return Fault(
        "authority",
        "Payment terms and credit limit said by the CRM",
        planted.FOREIGN_TERMS,
        (planted.FOREIGN_TERMS,),
        total([]),
        "sales-operations",
        "authority",
        "customers-to-billing",
        "Clear both fields on the account in the CRM",
    )


def too_many_hours(world: World) -> Fault:
    [line] = [one for one in world.lines if one.quarters > LONGEST_DAY]
    return Fault(
        "hours",
        "More hours than a day has",
        world.contracts[line.contract].customer,
        (line.id,),
        total([of_line(world, line)]),
        "billing-operations",
        "contract",
        "time-to-billing",
        "Correct the hours in the PSA",
    )
