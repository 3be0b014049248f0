"""The whole firm, built once; a few seconds, the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

from portal.demo.firm import faults, planted
from portal.demo.firm.agreements import Contract, Project
from portal.demo.firm.cash import Application, Payment
from portal.demo.firm.contracts import projects
from portal.demo.firm.customers import customers
from portal.demo.firm.documents import Credit, Invoice
from portal.demo.firm.invoicing import Invoicing
from portal.demo.firm.ledger import Chosen, Ledger
from portal.demo.firm.lines import Line, Schedule
from portal.demo.firm.parties import Customer, Person
from portal.demo.firm.people import people
from portal.demo.firm.schedules import schedules
from portal.demo.firm.states import agree_totals, mark_invoiced, settle, write_off
from portal.demo.firm.work import Work, numbered

PLAIN_NEW = ("PRJ-2051", "PRJ-2052")
"""Two more projects that the product is to make in the ERP, without any fault."""


@dataclass(frozen=True)
class World:
    customers: dict[str, Customer]
    people: dict[str, Person]
    contracts: dict[str, Contract]
    projects: dict[str, Project]
    lines: list[Line]
    schedules: dict[str, Schedule]
    invoices: list[Invoice]
    credits: list[Credit]
    payments: list[Payment]
    applications: list[Application]

    @cached_property
    def numbered(self) -> dict[str, Invoice]:
        """Invoices by number."""
        return {one.number: one for one in self.invoices}

    def contract_of(self, line: Line | Project) -> Contract:
        return self.contracts[line.contract]


@cache
def build() -> World:
    """Everything up to the fixed present."""
    clients, staff = customers(), people()
    contracts, made = projects(clients, staff)
    faults.in_contracts(contracts, made)
    for number in PLAIN_NEW:
        made[number].erp_state = "ready"
    lines = faults.without_outlays(Work(staff, contracts, made).draw())
    numbered(lines)
    planned = schedules(contracts, made, lines)
    faults.in_work(lines, contracts)
    write_off(lines)
    agree_totals(lines, contracts)
    invoicing = Invoicing(clients, contracts, made, planned)
    invoices = invoicing.run(lines, planted.LATE_DRAFTS)
    faults.in_invoices(invoices, contracts)
    mark_invoiced(invoices)
    lines.append(faults.spent_twice(lines, contracts))
    settle(lines, made)
    chosen = Chosen(faults.credited(invoices), faults.misdirected(invoices, contracts))
    ledger = Ledger(contracts, chosen)
    ledger.run(invoices)
    return World(
        customers=clients,
        people={one.id: one for one in staff},
        contracts=contracts,
        projects=made,
        lines=lines,
        schedules=planned,
        invoices=invoices,
        credits=ledger.credits,
        payments=ledger.payments,
        applications=ledger.applications,
    )
