"""Invoices and credit memos. Money is in cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.demo.firm.lines import Line


@dataclass(slots=True)
class InvoiceLine:
    kind: str
    what: str
    quarters: int
    price: int
    net: int
    tax: int
    first: date
    last: date
    sources: list[Line]


@dataclass(slots=True)
class Invoice:
    """`posted_at` and `sent_at` are None where that is still to come."""

    number: str
    contract: str
    project: str
    entity: str
    version: int
    drafted_at: datetime
    issued_at: datetime | None
    posted_at: datetime | None
    sent_at: datetime | None
    due: date
    tax_code: str
    lines: list[InvoiceLine]
    credited: int = 0
    applied: int = 0
    changed_at: datetime | None = None

    @property
    def net(self) -> int:
        return sum(line.net for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines)

    @property
    def gross(self) -> int:
        return self.net + self.tax

    @property
    def open(self) -> int:
        return self.gross - self.credited - self.applied


@dataclass(slots=True)
class Credit:
    """A credit memo. `billing_open` is what billing still shows where it differs from the ERP."""

    number: str
    invoice: str
    reason: str
    approver: str
    net: int
    tax: int
    issued_at: datetime
    posted_at: datetime
    applied_at: datetime
    shown_open: bool = False

    @property
    def gross(self) -> int:
        return self.net + self.tax
