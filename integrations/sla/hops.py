"""The hops of a line from approval to cash, in business seconds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from governance.ownership.business_time import Calendar


@dataclass(frozen=True, slots=True)
class Hop:
    """`contractual`: what was agreed with the customer, no hand-off between systems."""

    slug: str
    title: str
    start: str
    end: str
    contractual: bool = False


HOPS = (
    Hop("waiting", "Approved → billable", "approved_at", "start_at", contractual=True),
    Hop("drafting", "Billable → drafted", "start_at", "drafted_at"),
    Hop("issuing", "Drafted → issued", "drafted_at", "issued_at"),
    Hop("posting", "Issued → posted", "issued_at", "posted_at"),
    Hop("paying", "Posted → first payment", "posted_at", "received_at", contractual=True),
    Hop("applying", "First payment → settled", "received_at", "applied_at"),
)

BETWEEN = tuple(hop.slug for hop in HOPS if not hop.contractual)


class Passing(Protocol):
    """What has the moments of a line."""

    start_at: datetime | None


def made(line: Passing, calendar: Calendar) -> dict[str, int]:
    """Hop → business seconds, for those whose two ends are known; never below zero."""
    found: dict[str, int] = {}
    for hop in HOPS:
        start, end = getattr(line, hop.start), getattr(line, hop.end)
        if start is not None and end is not None:
            found[hop.slug] = max(int(calendar.seconds_between(start, end)), 0)
    return found


def handed_over(hops: Mapping[str, int]) -> int:
    """Business seconds between systems: without contractual waiting and payment terms."""
    return sum([hops.get(slug, 0) for slug in BETWEEN])


def weighted(values: Iterable[tuple[float, int]], share: float) -> float | None:
    """The value that `share` of the money does not exceed."""
    ordered = sorted((value, abs(money)) for value, money in values)
    whole = sum(money for _, money in ordered)
    passed = 0
    for value, money in ordered:
        passed += money
        if passed >= share * whole:
            return value
    return None
