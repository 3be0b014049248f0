"""Where each line stands, by its age and by what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

from portal.demo.firm.agreements import Contract, Project
from portal.demo.firm.calendar import NOW, midnight
from portal.demo.firm.dice import Dice
from portal.demo.firm.documents import Invoice
from portal.demo.firm.lines import Line

SENT_FROM = datetime(2026, 10, 26, tzinfo=UTC)
"""What was approved since is sent to billing by the product; earlier lines are charged there."""


def agree_totals(lines: list[Line], contracts: dict[str, Contract]) -> None:
    """Agreed values with room to the end of the contract; a cap is the value."""
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.contract] += line.amount
    for contract in contracts.values():
        contract.total = (sums[contract.number] * 14 // 10 // 1_000_000 + 1) * 1_000_000
        contract.cap = contract.total if contract.type == "capped_t_and_m" else None


def write_off(lines: list[Line]) -> None:
    """A few old entries that nobody will bill."""
    dice = Dice("written off")
    for line in lines:
        old = line.kind == "time" and line.day < date(2026, 8, 1) and line.billable
        if old and dice.falls(per_mille=1) and line.approved_at and not line.held:
            line.written_off_at = line.approved_at + timedelta(days=dice.between(15, 25))


def mark_invoiced(invoices: list[Invoice]) -> None:
    for invoice in invoices:
        for line in (one for row in invoice.lines for one in row.sources):
            line.invoice, line.changed_at = invoice.number, invoice.issued_at or line.approved_at
            line.state = "invoiced" if invoice.issued_at else "charged"


def settle(lines: list[Line], made: dict[str, Project]) -> None:
    """Where each line stands, and the charges that billing holds of those it has not invoiced."""
    charges = 0
    for line in sorted(lines, key=lambda one: (one.approved_at or NOW, one.id)):
        line.state = line.state if line.invoice else _state(line, made[line.project])
        if line.state in {"charged", "held"}:
            charges += 1
            line.charge = f"ili_{charges:08}"
            line.invoice = None
        said = (line.written_off_at, line.changed_at, line.approved_at, line.submitted_at)
        line.changed_at = (
            max(one for one in said if one and one <= NOW)
            if any(one and one <= NOW for one in said)
            else midnight(line.entity, line.day) + timedelta(hours=20)
        )


def _state(line: Line, project: Project) -> str:
    if not line.approved_at:
        return "not_ready"
    if not line.billable:
        return "non_billable"
    if line.written_off_at:
        return "written_off"
    if line.held:
        return "held"
    sent = line.approved_at < SENT_FROM and project.erp_state == "linked" and line.schedule
    return "charged" if sent else "ready"
