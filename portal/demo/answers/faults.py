"""The answer key: every fault that is planted, with its records, money, owner, place and fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portal.demo.answers.money import Item, Sum, of_line, total
from portal.demo.answers.unbilled import LONGEST_DAY, unbilled
from portal.demo.firm import planted
from portal.demo.firm.calendar import NOW
from portal.demo.firm.lines import Line
from portal.demo.firm.world import World
from portal.demo.northbook.words import LATE_ROWS


@dataclass(frozen=True)
class Fault:
    """`found` is a case's class, `break`, `proposal`, or `nothing`: what heals itself.

    `records` are the business keys that the product names, `money` what hangs on them, and
    `part` the column of revenue at risk in which that money stands, empty where in none.
    """

    slug: str
    title: str
    customer: str
    records: tuple[str, ...]
    money: Sum
    owner: str
    found: str
    where: str
    fix: str
    part: str = ""


def faults(world: World) -> list[Fault]:
    """In the order in which they are told of."""
    return [plant(world) for plant in PLANTS]


def _tax_code(world: World) -> Fault:
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


def _period_closed(world: World) -> Fault:
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


def _billing_rule(world: World) -> Fault:
    project = world.projects[planted.NO_RULE]
    return Fault(
        "billing-rule",
        "Active in the ledger before its billing rule",
        project.customer,
        (project.number,),
        _lines(world, project=project.number),
        "finance-operations",
        "control",
        "projects-in-erp",
        "Set the billing rule of the project in the ERP",
        part="unbilled",
    )


def _project_unknown(world: World) -> Fault:
    money = _lines(world, project=planted.UNKNOWN_PROJECT)
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


def _cost_centre(world: World) -> Fault:
    project = world.projects[planted.NO_COST_CENTRE]
    return Fault(
        "cost-centre",
        "Workstream without a cost centre",
        project.customer,
        (project.number,),
        _lines(world, project=project.number),
        "integration",
        "mapping",
        "projects-to-erp",
        "Add the row energy-trading → CC440 to the value map workstream-cost-centre",
        part="unbilled",
    )


def _no_schedule(world: World) -> Fault:
    money = _lines(world, project=planted.NO_SCHEDULE, only=lambda line: line.schedule is None)
    return Fault(
        "no-schedule",
        "Approved time outside any invoice schedule",
        world.projects[planted.NO_SCHEDULE].customer,
        money.keys,
        money,
        "billing-operations",
        "control",
        "time-to-billing",
        "Extend the schedule of the customer contract in billing",
        part="unbilled",
    )


def _rate_rise(world: World) -> Fault:
    project = world.projects[planted.RATE_RISE]
    return Fault(
        "rate-rise",
        "Rate rise that billing has not taken over",
        project.customer,
        (project.contract,),
        _lines(world, contract=project.contract),
        "sales-operations",
        "break",
        "crm-billing-contracts",
        "Correct the rates of the customer contract in billing",
        part="unbilled",
    )


def missed_by_rates(world: World) -> Sum:
    """What the approved work since the rate rise would be worth more: hours x difference."""
    contract = world.contracts[world.projects[planted.RATE_RISE].contract]
    version = contract.crm_version
    assert version is not None
    return total(
        Item(
            line.id,
            (version.rates[world.people[line.person].role] - line.rate) * line.quarters // 4,
            contract.currency,
            (line.approved_at or NOW).date(),
        )
        for line in unbilled(world)
        if line.contract == contract.number
        and line.kind == "time"
        and line.day >= version.effective
    )


def _version(world: World) -> Fault:
    project = world.projects[planted.OTHER_VERSION]
    return Fault(
        "contract-version",
        "Customer contract of another version in billing and PSA",
        project.customer,
        (project.contract,),
        _lines(world, contract=project.contract),
        "sales-operations",
        "break",
        "crm-billing-contracts",
        "Take version 3 of the customer contract over into billing and PSA",
        part="unbilled",
    )


def _credit_memo(world: World) -> Fault:
    [credit] = [one for one in world.credits if one.shown_open]
    contract = world.contracts[world.numbered[credit.invoice].contract]
    on = credit.issued_at.date()
    return Fault(
        "credit-memo",
        "Credit memo applied in the ledger, open in billing",
        contract.customer,
        (credit.number,),
        total([Item(credit.number, credit.gross, contract.currency, on)]),
        "finance-operations",
        "break",
        "billing-erp-credit-memos",
        "Mark the credit memo as applied in billing",
    )


def _duplicate(world: World) -> Fault:
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


def _late_commit(world: World) -> Fault:
    late = world.applications[-LATE_ROWS:]
    items = []
    for one in late:
        contract = world.contracts[world.numbered[one.invoice].contract]
        items.append(Item(one.id, one.amount, contract.currency, one.applied_at.date()))
    money = total(items)
    return Fault(
        "late-commit",
        "Applications that the ledger commits behind the cursor",
        "",
        money.keys,
        money,
        "",
        "nothing",
        "applications",
        "None: the overlap of the connector reads them",
    )


def times_out(world: World) -> Line:
    """The charge whose answer never comes: the first of its project that is to be sent."""
    ready = [
        one
        for one in world.lines
        if one.project == planted.TIMES_OUT and one.kind == "time" and one.state == "ready"
    ]
    return min(ready, key=lambda one: one.id)


def _time_out(world: World) -> Fault:
    line = times_out(world)
    return Fault(
        "time-out",
        "Charge made although its answer never came",
        world.contracts[line.contract].customer,
        (line.id,),
        total([of_line(world, line)]),
        "",
        "nothing",
        "time-to-billing",
        "None: it is looked up by our reference before a second attempt",
    )


def _authority(world: World) -> Fault:
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


def _hours(world: World) -> Fault:
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


def _gross(world: World) -> Fault:
    return Fault(
        "net-becomes-gross",
        "API of billing in which a net amount becomes gross",
        "",
        ("ledgerline@2.0.0",),
        total([]),
        "marta",
        "proposal",
        "invoices-to-erp",
        "The architect's vote activates mapping and contract together, or sends it back",
    )


def _unapplied(world: World) -> Fault:
    [payment] = [one for one in world.payments if one.applied < one.amount]
    on = payment.received_at.date()
    left = payment.amount - payment.applied
    return Fault(
        "unapplied",
        "Payment whose payer wrote a wrong invoice number",
        payment.customer,
        (payment.id,),
        total([Item(payment.id, left, payment.currency, on)]),
        "finance-operations",
        "control",
        "payments",
        "Apply the payment to the invoice that was meant, in the ERP",
        part="unapplied",
    )


def _lines(
    world: World,
    *,
    project: str = "",
    contract: str = "",
    only: Callable[[Line], bool] = lambda line: True,
) -> Sum:
    """Approved, not billed, of one project or customer contract."""
    mine: Iterable[Line] = (
        line for line in unbilled(world) if project in {"", line.project} and only(line)
    )
    return total(of_line(world, line) for line in mine if contract in {"", line.contract})


PLANTS: tuple[Callable[[World], Fault], ...] = (
    _tax_code,
    _period_closed,
    _billing_rule,
    _project_unknown,
    _cost_centre,
    _no_schedule,
    _rate_rise,
    _version,
    _credit_memo,
    _duplicate,
    _late_commit,
    _time_out,
    _authority,
    _hours,
    _gross,
    _unapplied,
)
