"""Money received, and what it settles. Money is in cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Payment:
    id: str
    customer: str
    entity: str
    currency: str
    amount: int
    received_at: datetime
    remittance: str
    applied: int = 0


@dataclass(frozen=True, slots=True)
class Application:
    """Of a payment, or of a credit memo."""

    id: str
    payment: str | None
    credit: str | None
    invoice: str
    amount: int
    applied_at: datetime
