"""Faults that only a comparison or a rule over what is read can show."""

from __future__ import annotations

from portal.demo.answers.fault import Fault, lines_of
from portal.demo.answers.money import Item, Sum, total
from portal.demo.answers.unbilled import unbilled
from portal.demo.firm import planted
from portal.demo.firm.calendar import NOW
from portal.demo.firm.world import World


def billing_rule(world: World) -> Fault:
    project = world.projects[planted.NO_RULE]
    return Fault(
        "billing-rule",
        "Active in the ledger before its billing rule",
        project.customer,
        (project.number,),
        lines_of(world, project=project.number),
        "finance-operations",
        "control",
        "projects-in-erp",
        "Set the billing rule of the project in the ERP",
        part="unbilled",
    )


def no_schedule(world: World) -> Fault:
    money = lines_of(world, project=planted.NO_SCHEDULE, only=lambda line: line.schedule is None)
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


def rate_rise(world: World) -> Fault:
    project = world.projects[planted.RATE_RISE]
    return Fault(
        "rate-rise",
        "Rate rise that billing has not taken over",
        project.customer,
        (project.contract,),
        lines_of(world, contract=project.contract),
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


def contract_version(world: World) -> Fault:
    project = world.projects[planted.OTHER_VERSION]
    return Fault(
        "contract-version",
        "Customer contract of another version in billing and PSA",
        project.customer,
        (project.contract,),
        lines_of(world, contract=project.contract),
        "sales-operations",
        "break",
        "crm-billing-contracts",
        "Take version 3 of the customer contract over into billing and PSA",
        part="unbilled",
    )


def credit_memo(world: World) -> Fault:
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


def net_becomes_gross(world: World) -> Fault:
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


def unapplied(world: World) -> Fault:
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
