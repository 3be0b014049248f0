"""Customer contracts, their versions, and the projects under them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from portal.demo.firm.parties import Rates


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    effective: date
    signed_at: datetime
    rates: Rates


@dataclass(slots=True)
class Contract:
    """A customer contract; systems may hold other versions and rates of it (see faults)."""

    number: str
    customer: str
    entity: str
    region: str
    unit: str
    type: str
    cadence: str
    terms: int
    start: date
    end: date
    po: str
    currency: str
    versions: list[Version]
    total: int = 0
    cap: int | None = None
    billed_until: date | None = None
    billing_rates: Rates = field(default_factory=dict)
    crm_version: Version | None = None

    def version_on(self, day: date) -> Version:
        """What PSA and billing go by on that day."""
        held = [one for one in self.versions if one.effective <= day]
        return held[-1] if held else self.versions[0]

    @property
    def latest(self) -> Version:
        return self.versions[-1]


@dataclass(slots=True)
class Project:
    number: str
    name: str
    customer: str
    contract: str
    workstream: str
    manager: str
    start: date
    end: date
    activated_at: datetime
    erp_state: str = "linked"
    erp_code: str = ""
    staff: int = 0
    billing_rule: str | None = ""
