"""What the firm's agreements say of money and time: rates, calendars, losses, measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from governance.agreements.lifecycle import AgreementStatus
from governance.agreements.models import Agreement
from governance.ownership.business_time import Calendar
from integrations.sla.money import Rates

EVERY_HOUR = {
    "time_zone": "UTC",
    "opens": "00:00",
    "closes": "23:59",
    "weekdays": [1, 2, 3, 4, 5, 6, 7],
}
"""Where nobody agreed on a calendar, time is elapsed time."""


@dataclass(frozen=True, slots=True)
class Terms:
    """`calendars` by legal entity; `default` for those that have none."""

    rates: Rates
    default: Calendar
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    measures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Document by metric."""
    losses: Mapping[str, Any] | None = None
    digest: str = ""
    """Of the flow agreement that says so."""

    def calendar(self, legal_entity: str) -> Calendar:
        return self.calendars.get(legal_entity, self.default)

    def day_of(self, moment: datetime, legal_entity: str) -> date:
        """Never the day in UTC: the legal entity's zone decides."""
        return self.calendar(legal_entity).day_of(moment)

    def first_moment(self, day: str, legal_entity: str) -> datetime | None:
        """When a day began for the legal entity; None for what is no day."""
        try:
            found = date.fromisoformat(day[:10])
        except ValueError:
            return None
        zone = self.calendar(legal_entity).zone
        return datetime(found.year, found.month, found.day, tzinfo=zone).astimezone(UTC)


def from_document(document: Mapping[str, Any]) -> Terms:
    """Of a flow agreement that tells milestones."""
    calendars: dict[str, Calendar] = {}
    held = document.get("calendars", [])
    for one in held:
        calendar = Calendar.from_document(one)
        calendars |= dict.fromkeys(one["legal_entities"], calendar)
    default = document.get("calendar") or (held[0] if held else EVERY_HOUR)
    return Terms(
        rates=Rates.from_document(document.get("fx")),
        default=Calendar.from_document(default),
        calendars=calendars,
        measures={one["metric"]: {"version": "1", **one} for one in document.get("measures", [])},
        losses=document.get("loss_table"),
    )


@lru_cache(maxsize=16)
def _kept(digest: str, pk: int) -> Terms:
    return replace(from_document(Agreement.objects.get(pk=pk).document), digest=digest)


def of(agreement: Agreement) -> Terms:
    """Compiled once per process and digest."""
    return _kept(agreement.digest, agreement.pk)


def current() -> Terms:
    """Of the newest active agreement that tells milestones; plain UTC time without any."""
    active = Agreement.objects.filter(status=AgreementStatus.ACTIVE)
    for digest, pk in active.order_by("-activated_at", "-pk").values_list("digest", "pk"):
        if _tells(digest, pk):
            return _kept(digest, pk)
    return from_document({})


@lru_cache(maxsize=1024)
def _tells(digest: str, pk: int) -> bool:
    """A document never changes, so it is looked into once."""
    return Agreement.objects.filter(pk=pk, document__has_key="milestones").exists()
