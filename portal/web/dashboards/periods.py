"""The firm's fiscal periods, and which of them a reader looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from governance.ownership.lifecycle import Status
from governance.ownership.models import FiscalCalendar

ROLLING = "28d"
MOST = 14
"""Periods that the menu offers."""


@dataclass(frozen=True, slots=True)
class Period:
    """From its first day to its last, both within."""

    key: str
    label: str
    first: date
    last: date


def periods(today: date) -> list[Period]:
    """Newest first, none of the future; calendar months where nobody agreed on periods."""
    calendar = FiscalCalendar.objects.filter(status=Status.ACTIVE).order_by("-activated_at").first()
    told = calendar.document.get("periods", []) if calendar else []
    found = [
        _period(one["name"], date.fromisoformat(one["first"]), date.fromisoformat(one["last"]))
        for one in told
    ]
    begun = [one for one in found or _months(today) if one.first <= today]
    return [*reversed(begun[-MOST:]), rolling(today)]


def rolling(today: date) -> Period:
    """The trailing four weeks."""
    return Period(ROLLING, "Last 28 days", today - timedelta(days=27), today)


def named(key: str, among: Sequence[Period]) -> Period:
    """The one that a URL names; the newest for any other word."""
    return next((one for one in among if one.key == key), among[0])


def _months(today: date) -> list[Period]:
    found, day = [], today.replace(day=1)
    for _ in range(MOST):
        after = (day + timedelta(days=32)).replace(day=1)
        found.append(_period(f"{day:%Y-%m}", day, after - timedelta(days=1)))
        day = (day - timedelta(days=1)).replace(day=1)
    return found[::-1]


def _period(name: str, first: date, last: date) -> Period:
    """A period that is named like a month is called by it."""
    whole = name == f"{first:%Y-%m}"
    return Period(name, f"{first:%b %Y}" if whole else name, first, last)
