"""Business time of the three companies: zones, hours, holidays, and the time between moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from portal.demo.firm.dice import Dice
from portal.demo.firm.holidays import HOLIDAYS

NOW = datetime(2026, 10, 29, 8, 0, tzinfo=UTC)
"""The fixed present of the firm's first minute."""


FIRST = date(2025, 11, 3)


TODAY = NOW.date()


OPENS, CLOSES = time(9), time(17, 30)


DAY_SECONDS = 8.5 * 3600


ZONES = {"MC-GB": "Europe/London", "MC-DE": "Europe/Berlin", "MC-US": "America/New_York"}


@cache
def zone(entity: str) -> ZoneInfo:
    return ZoneInfo(ZONES[entity])


@cache
def is_open(entity: str, day: date) -> bool:
    return day.weekday() < 5 and day.isoformat() not in HOLIDAYS[entity]


@cache
def later(entity: str, day: date, count: int) -> date:
    """The `count`-th business day after `day`; 0 is the day itself or the next open one."""
    while not is_open(entity, day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_open(entity, day):
            day += timedelta(days=1)
    return day


def moment(entity: str, day: date, dice: Dice) -> datetime:
    """Some second of the middle of a business day, in UTC: never near the edge of an age."""
    seconds = dice.between(10 * 3600 + 1800, 16 * 3600)
    local = datetime.combine(day, time(), tzinfo=zone(entity)) + timedelta(seconds=seconds)
    return local.astimezone(UTC)


def midnight(entity: str, day: date) -> datetime:
    """When a civil day begins there, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone(entity)).astimezone(UTC)


def business_days(entity: str, start: datetime, end: datetime) -> float:
    """Business time from `start` to `end` in days of 8.5 hours; 0 where `end` is earlier."""
    here = zone(entity)
    day, last, seconds = start.astimezone(here).date(), end.astimezone(here).date(), 0.0
    while day <= last:
        if is_open(entity, day):
            opens = datetime.combine(day, OPENS, tzinfo=here)
            closes = datetime.combine(day, CLOSES, tzinfo=here)
            seconds += max(0.0, (min(closes, end) - max(opens, start)).total_seconds())
        day += timedelta(days=1)
    return seconds / DAY_SECONDS


def month_of(day: date) -> str:
    return day.isoformat()[:7]


def month_ends(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)
