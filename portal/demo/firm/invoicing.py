"""Which lines fall under which schedule, and the invoices that were made of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from portal.demo.firm.agreements import Contract, Project
from portal.demo.firm.calendar import NOW, later, moment
from portal.demo.firm.dice import Dice
from portal.demo.firm.documents import Invoice
from portal.demo.firm.grouping import invoice_lines
from portal.demo.firm.lines import Line, Schedule
from portal.demo.firm.parties import Customer
from portal.demo.firm.tax import tax_code, tax_rate

DRAFT_DAYS = {"UKI": 2, "DACH": 3, "NORDICS": 2, "NA": 1}


ISSUE_DAYS = {"Advisory": 1, "Technology": 1, "Operations": 2}


POST_DAYS = {"UKI": 1, "DACH": 2, "NORDICS": 1, "NA": 1}


class Invoicing:
    """Runs contract by contract; numbers follow in the order of drafting."""

    def __init__(
        self,
        customers: dict[str, Customer],
        contracts: dict[str, Contract],
        projects: dict[str, Project],
        found: dict[str, Schedule],
    ) -> None:
        self._customers, self._contracts = customers, contracts
        self._projects, self._schedules = projects, found
        self.invoices: list[Invoice] = []
        self._made: dict[str, Invoice] = {}

    def run(self, lines: list[Line], late: dict[tuple[str, str], datetime]) -> list[Invoice]:
        """`late` names drafts that came at another moment: (project, schedule's period)."""
        waiting: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            free = line.approved_at and line.billable_on and not line.held
            if free and line.billable and not line.written_off_at:
                waiting[line.project].append(line)
        for one in sorted(self._schedules.values(), key=lambda s: (s.billable_on, s.number)):
            period = one.number.rpartition("/")[2]
            self._draft(one, waiting[one.project], late.get((one.project, period)))
        self.invoices.sort(key=lambda one: (one.drafted_at, one.project))
        self._number()
        for number, invoice in self._made.items():
            self._schedules[number].invoice = invoice.number
        return self.invoices

    def _draft(self, schedule: Schedule, waiting: list[Line], late: datetime | None) -> None:
        contract = self._contracts[schedule.contract]
        dice = Dice(f"invoice/{schedule.number}")
        drafted = late or self._drafted(schedule, contract, dice)
        ready = [
            line
            for line in waiting
            if line.approved_at
            and line.approved_at < drafted
            and line.billable_on
            and line.billable_on <= schedule.billable_on
        ]
        if schedule.trigger == "milestone":
            ready = [line for line in ready if line.schedule == schedule.number]
        if drafted > NOW or not ready:
            return
        for line in ready:
            waiting.remove(line)
        made = self._invoice(schedule, contract, ready, drafted, dice)
        self.invoices.append(made)
        self._made[schedule.number] = made

    def _drafted(self, schedule: Schedule, contract: Contract, dice: Dice) -> datetime:
        if schedule.frequency == "weekly":
            days = 3
        elif schedule.trigger == "milestone":
            days = 1 + dice.below(4)
        else:
            days = DRAFT_DAYS[contract.region] + dice.below(2)
            days += dice.between(4, 8) if dice.below(16) == 0 else 0
        return moment(contract.entity, later(contract.entity, schedule.billable_on, days), dice)

    def _invoice(
        self,
        schedule: Schedule,
        contract: Contract,
        lines: list[Line],
        drafted: datetime,
        dice: Dice,
    ) -> Invoice:
        customer = self._customers[contract.customer]
        entity = contract.entity
        days = dice.below(ISSUE_DAYS[contract.unit])
        issued = moment(entity, later(entity, drafted.date() + timedelta(days=1), days), dice)
        posted = issued + timedelta(minutes=dice.between(30, 85))
        if dice.below(3) == 0:
            days = dice.below(POST_DAYS[contract.region])
            posted = moment(entity, later(entity, issued.date() + timedelta(days=1), days), dice)
        sent = posted + timedelta(minutes=dice.between(20, 400))
        is_issued = issued <= NOW
        code = tax_code(customer)
        if customer.number == "CL-101" and issued.date() >= date(2026, 10, 5):
            code = "S-FS20"
        rate = tax_rate(code, entity)
        return Invoice(
            number="",
            contract=contract.number,
            project=schedule.project,
            entity=entity,
            version=max(line.version for line in lines),
            drafted_at=drafted,
            issued_at=issued if is_issued else None,
            posted_at=posted if posted <= NOW else None,
            sent_at=sent if sent <= NOW else None,
            due=issued.date() + timedelta(days=contract.terms),
            tax_code=code,
            lines=list(invoice_lines(lines, rate, self._projects[schedule.project].name)),
        )

    def _number(self) -> None:
        counts: dict[str, int] = defaultdict(int)
        for invoice in self.invoices:
            prefix = invoice.entity.removeprefix("MC-")
            year = (invoice.issued_at or invoice.drafted_at).year
            counts[f"{prefix}-{year}"] += 1
            invoice.number = f"{prefix}-{year}-{counts[f'{prefix}-{year}']:06}"
