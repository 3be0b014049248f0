"""When people hand in their week, and when it is approved."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from portal.demo.firm.calendar import zone

SLOWNESS = {
    "Advisory": 0,
    "Technology": 0,
    "Operations": 1,
    "DACH": 1,
    "NA": 0,
    "UKI": 0,
    "NORDICS": 0,
}
"""Business days by which approval is later, by unit and by region."""


def handed_in(entity: str, friday: date) -> datetime:
    local = datetime.combine(friday, time(16, 45), tzinfo=zone(entity))
    return local.astimezone(UTC)
