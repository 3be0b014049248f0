"""What goes wrong at Meridian Consulting, planted into its history; `answers` is the key to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from portal.demo.firm.agreements import Contract, Project, Version
from portal.demo.firm.documents import Invoice
from portal.demo.firm.lines import Line
from portal.demo.firm.parties import Customer
from portal.demo.firm.people import raised
from portal.demo.firm.planted import (
    AGAIN,
    CREDITED,
    FOREIGN_TERMS,
    FOREVER_AGO,
    HELD,
    LATE_DRAFTS,
    LATE_ISSUE,
    MISDIRECTED,
    NO_COST_CENTRE,
    NO_RULE,
    NO_SCHEDULE,
    OTHER_VERSION,
    PERIOD_CLOSED,
    RATE_RISE,
    TOO_MANY_HOURS,
    TWICE,
    UNKNOWN_PROJECT,
)


def in_contracts(contracts: dict[str, Contract], projects: dict[str, Project]) -> None:
    """Before any work is drawn."""

    def of(project: str) -> Contract:
        return contracts[projects[project].contract]

    of(NO_SCHEDULE).billed_until = date(2026, 9, 30)
    rise = of(RATE_RISE)
    rise.versions = [rise.versions[0], _signed(rise, 2, date(2026, 10, 1), per_mille=0)]
    raise_to = raised(rise.versions[0].rates, per_mille=55)
    rise.crm_version = replace(rise.versions[1], rates=raise_to)
    other = of(OTHER_VERSION)
    other.versions = [other.versions[0], _signed(other, 2, date(2026, 7, 1), per_mille=35)]
    other.crm_version = _signed(other, 3, date(2026, 10, 15), per_mille=40)
    projects[NO_RULE].billing_rule = None
    projects[UNKNOWN_PROJECT].erp_state = "manual"
    projects[NO_COST_CENTRE].erp_state = "ready"


def _signed(contract: Contract, number: int, effective: date, *, per_mille: int) -> Version:
    last = contract.versions[-1]
    rates = raised(last.rates, per_mille=per_mille) if per_mille else dict(last.rates)
    at = datetime(effective.year, effective.month - 1, 22, 12, 40, tzinfo=UTC)
    return Version(number, effective, at, rates)


def without_outlays(lines: list[Line]) -> list[Line]:
    """Only time is written on the project whose schedules have ended."""
    return [
        line
        for line in lines
        if line.kind == "time" or line.project != NO_SCHEDULE or line.day < date(2026, 10, 1)
    ]


def in_work(lines: list[Line], contracts: dict[str, Contract]) -> None:
    """After ids are given, before anything is invoiced."""
    for line in lines:
        monday = line.day.toordinal() - line.day.weekday()
        customer = contracts[line.contract].customer
        if (customer, date.fromordinal(monday)) in HELD and line.billable and line.approved_at:
            line.held = line.kind != "milestone"
    entry = max(
        (one for one in lines if one.project == TOO_MANY_HOURS and one.kind == "time"),
        key=lambda one: (one.approved_at or FOREVER_AGO, one.id),
    )
    entry.quarters = 300
    entry.amount = entry.rate * entry.quarters // 4


def spent_twice(lines: list[Line], contracts: dict[str, Contract]) -> Line:
    """An expense of August as it was entered again in October, under another id."""
    first = next(
        one
        for one in lines
        if one.kind == "expense"
        and one.day >= date(2026, 8, 10)
        and one.invoice
        and contracts[one.contract].customer == TWICE
    )
    return replace(
        first,
        id=AGAIN,
        submitted_at=datetime(2026, 10, 23, 15, 45, tzinfo=UTC),
        approved_at=datetime(2026, 10, 27, 13, 10, tzinfo=UTC),
        invoice=None,
        changed_at=None,
    )


def in_invoices(invoices: list[Invoice], contracts: dict[str, Contract]) -> None:
    """Before they are numbered as posted."""
    for one in invoices:
        if contracts[one.contract].customer == PERIOD_CLOSED and one.drafted_at in set(
            LATE_DRAFTS.values()
        ):
            one.issued_at, one.posted_at, one.sent_at = LATE_ISSUE, None, None
            one.due = date.fromordinal(LATE_ISSUE.date().toordinal() + 30)
        if one.tax_code == "S-FS20":
            one.posted_at = one.sent_at = None


def credited(invoices: list[Invoice]) -> str:
    """The last invoice of that project that has time to be credited before it is due."""
    held = [one for one in invoices if one.project == CREDITED and one.posted_at]
    return [one for one in held if one.posted_at and one.posted_at.month <= 9][-1].number


def misdirected(invoices: list[Invoice], contracts: dict[str, Contract]) -> str:
    """The invoice whose payer wrote another number."""
    return next(
        one.number
        for one in invoices
        if contracts[one.contract].customer == MISDIRECTED
        and one.posted_at
        and date(2026, 8, 20) <= one.due <= date(2026, 9, 25)
    )


def foreign_terms(customer: Customer) -> dict[str, object]:
    """What only the ERP may say, said by the CRM."""
    if customer.number != FOREIGN_TERMS:
        return {}
    return {"paymentTerms": "NET60", "creditLimit": 250_000}
