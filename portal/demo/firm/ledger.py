"""What became of posted invoices: credit memos, payments, and which settles which."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.demo.firm.agreements import Contract
from portal.demo.firm.calendar import NOW, later, moment
from portal.demo.firm.cash import Application, Payment
from portal.demo.firm.dice import Dice
from portal.demo.firm.documents import Credit, Invoice
from portal.demo.firm.tax import tax_on, tax_rate

REASONS = ("rate_correction", "goodwill", "scope")


@dataclass(frozen=True)
class Chosen:
    """Invoices with a fault: credited but shown open in billing; paid under a wrong number."""

    credited: str
    misdirected: str


class Ledger:
    """Fills in what each invoice was credited and paid."""

    def __init__(self, contracts: dict[str, Contract], chosen: Chosen) -> None:
        self._contracts, self._chosen = contracts, chosen
        self._applied: list[tuple[Payment | Credit, Invoice, int, datetime]] = []
        self.credits: list[Credit] = []
        self.payments: list[Payment] = []
        self.applications: list[Application] = []

    def run(self, invoices: list[Invoice]) -> None:
        posted = [one for one in invoices if one.posted_at]
        for place, invoice in enumerate(posted):
            if invoice.number == self._chosen.credited or place % 47 == 11:
                self._credit(invoice)
        by_customer: dict[str, list[Invoice]] = defaultdict(list)
        for invoice in posted:
            by_customer[self._contracts[invoice.contract].customer].append(invoice)
        for customer, mine in sorted(by_customer.items()):
            self._settle(customer, sorted(mine, key=lambda one: (one.due, one.number)))
        self._number()

    def _credit(self, invoice: Invoice) -> None:
        dice = Dice(f"credit/{invoice.number}")
        entity, at = invoice.entity, invoice.posted_at
        assert at is not None
        issued = later(entity, at.date(), 6)
        posted = later(entity, issued, 1)
        days = (issued, posted, later(entity, posted, 2))
        moments = [moment(entity, day, dice) for day in days]
        if moments[-1] > NOW or days[-1] >= invoice.due - timedelta(days=5):
            return
        net = invoice.lines[0].net * dice.between(4, 12) // 100
        credit = Credit(
            number="",
            invoice=invoice.number,
            reason=dice.pick(REASONS),
            approver="Helen Ashworth",
            net=net,
            tax=tax_on(net, tax_rate(invoice.tax_code, entity)),
            issued_at=moments[0],
            posted_at=moments[1],
            applied_at=moments[2],
            shown_open=invoice.number == self._chosen.credited,
        )
        invoice.credited = credit.gross
        self.credits.append(credit)
        self._applied.append((credit, invoice, credit.gross, credit.applied_at))

    def _settle(self, customer: str, invoices: list[Invoice]) -> None:
        """Clients have habits; some pay two invoices at once, some only half at first."""
        dice = Dice(f"payments/{customer}")
        habit, together = dice.between(-2, 14), list[Invoice]()
        for invoice in invoices:
            alone = invoice.number == self._chosen.misdirected
            if not alone:
                together.append(invoice)
                if dice.falls(per_mille=120) and invoice is not invoices[-1]:
                    continue
            group, together = ([invoice], together) if alone else (together, [])
            late = timedelta(days=max(0, habit + dice.between(-3, 6)))
            day = later(invoice.entity, max(one.due for one in group) + late, 0)
            part = len(group) == 1 and dice.falls(per_mille=50) and not alone
            self._pay(customer, group, moment(invoice.entity, day, dice), dice, part=part)

    def _pay(
        self, customer: str, invoices: list[Invoice], received: datetime, dice: Dice, *, part: bool
    ) -> None:
        """`part`: half now and the rest three weeks later."""
        entity = invoices[0].entity
        amounts = [one.open // 2 if part else one.open for one in invoices]
        day = later(entity, received.date() + timedelta(days=1), dice.below(3))
        applied = moment(entity, day, dice)
        if applied > NOW:
            return
        payment = Payment(
            id="",
            customer=customer,
            entity=entity,
            currency=self._contracts[invoices[0].contract].currency,
            amount=sum(amounts),
            received_at=received,
            remittance=", ".join(one.number for one in invoices),
        )
        self.payments.append(payment)
        if invoices[0].number == self._chosen.misdirected:
            payment.remittance = wrong(payment.remittance)
            return
        for invoice, amount in zip(invoices, amounts, strict=True):
            invoice.applied += amount
            payment.applied += amount
            self._applied.append((payment, invoice, amount, applied))
        if part:
            day = later(entity, received.date() + timedelta(days=21), 0)
            self._pay(customer, invoices, moment(entity, day, dice), dice, part=False)

    def _number(self) -> None:
        counts: dict[str, int] = defaultdict(int)
        self.credits.sort(key=lambda one: (one.issued_at, one.invoice))
        for credit in self.credits:
            prefix, year = credit.invoice.split("-")[0], credit.issued_at.year
            counts[f"{prefix}{year}"] += 1
            credit.number = f"{prefix}-CM-{year}-{counts[f'{prefix}{year}']:04}"
        self.payments.sort(key=lambda one: (one.received_at, one.customer, one.remittance))
        for number, payment in enumerate(self.payments, start=1):
            payment.id = f"PAY-{number:06}"
        self._applied.sort(key=lambda row: (row[3], row[1].number, row[2]))
        for number, (by, invoice, amount, at) in enumerate(self._applied, start=1):
            payment_id = by.id if isinstance(by, Payment) else None
            credit_id = by.number if isinstance(by, Credit) else None
            self.applications.append(
                Application(f"APP-{number:06}", payment_id, credit_id, invoice.number, amount, at)
            )


def wrong(number: str) -> str:
    """The last two different digits of an invoice number, exchanged."""
    head, tail = number[:-3], number[-3:]
    return head + (
        tail[1] + tail[0] + tail[2] if tail[0] != tail[1] else tail[0] + tail[2] + tail[1]
    )
