"""Time, expenses and milestones, and the schedules that they fall under. Money is in cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(slots=True)
class Line:
    """A time entry, expense or milestone. `state` is what the PSA shows as its billing status."""

    kind: str
    id: str
    project: str
    contract: str
    entity: str
    person: str
    what: str
    day: date
    quarters: int
    rate: int
    amount: int
    billable: bool
    version: int
    submitted_at: datetime
    approved_at: datetime | None = None
    approver: str = ""
    schedule: str | None = None
    billable_on: date | None = None
    state: str = "not_ready"
    charge: str | None = None
    invoice: str | None = None
    changed_at: datetime | None = None
    written_off_at: datetime | None = None
    receipt: str = ""
    status: str = "approved"
    held: bool = False


@dataclass(slots=True)
class Schedule:
    number: str
    seq: int
    contract: str
    project: str
    trigger: str
    frequency: str
    first: date
    last: date
    billable_on: date
    created_at: datetime
    amount: int | None = None
    invoice: str | None = None
