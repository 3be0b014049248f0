"""Business time: seconds that lie within working hours. Pure; moments are aware datetimes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MOST_DAYS = 36_525
"""A search that finds no working day for a century has no end."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working hours of one kind of day, in one zone. Days are local to the zone."""

    zone: ZoneInfo
    opens: time
    closes: time
    weekdays: frozenset[int]
    holidays: frozenset[date]

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Calendar:
        """Of an approved `business_calendar`; defaults as in `ownership.calendars`."""
        return cls(
            zone=ZoneInfo(document["time_zone"]),
            opens=time.fromisoformat(document.get("opens", "09:00")),
            closes=time.fromisoformat(document.get("closes", "17:30")),
            weekdays=frozenset(document.get("weekdays", (1, 2, 3, 4, 5))),
            holidays=frozenset(
                date.fromisoformat(one["on"]) for one in document.get("holidays", ())
            ),
        )

    @property
    def day_seconds(self) -> int:
        """Length of an ordinary business day."""
        hours = datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)
        return int(hours.total_seconds())

    def works_on(self, day: date) -> bool:
        return day.isoweekday() in self.weekdays and day not in self.holidays

    def day_of(self, moment: datetime) -> date:
        """The local day on which something happened."""
        return moment.astimezone(self.zone).date()

    def seconds_between(self, start: datetime, end: datetime) -> float:
        """Working seconds from `start` to `end`; negative when `end` comes first."""
        if end < start:
            return -self.seconds_between(end, start)
        first, last = self.day_of(start), self.day_of(end)
        if first == last:
            return self._within(first, start, end)
        whole = _between(self, first, last)
        head = self._within(first, start, _start_of(first + DAY, self.zone))
        return head + whole + self._within(last, _start_of(last, self.zone), end)

    def days_between(self, start: datetime, end: datetime) -> float:
        """The same in business days: a day is `day_seconds` long."""
        return self.seconds_between(start, end) / self.day_seconds

    def add(self, start: datetime, seconds: float) -> datetime:
        """The first moment, in UTC, by which so many working seconds have passed since `start`."""
        left, day = seconds, self.day_of(start)
        if left <= 0:
            return start.astimezone(UTC)
        for _ in range(MOST_DAYS):
            if self.works_on(day):
                opens, closes = self._hours(day)
                begins = max(opens, start)
                there = (closes - begins).total_seconds()
                if there >= left:
                    return (begins + timedelta(seconds=left)).astimezone(UTC)
                left -= max(there, 0.0)
            day += DAY
        raise ValueError("the calendar has no working day within a century")

    def back(self, end: datetime, seconds: float) -> datetime:
        """The last moment, in UTC, from which so many working seconds pass until `end`."""
        left, day = seconds, self.day_of(end)
        if left <= 0:
            return end.astimezone(UTC)
        for _ in range(MOST_DAYS):
            if self.works_on(day):
                opens, closes = self._hours(day)
                ends = min(closes, end)
                there = (ends - opens).total_seconds()
                if there >= left:
                    return (ends - timedelta(seconds=left)).astimezone(UTC)
                left -= max(there, 0.0)
            day -= DAY
        raise ValueError("the calendar has no working day within a century")

    def opening_after(self, moment: datetime) -> datetime:
        """The next time, in UTC, at which business begins."""
        day = self.day_of(moment)
        for _ in range(MOST_DAYS):
            if self.works_on(day) and (opens := self._hours(day)[0]) > moment:
                return opens
            day += DAY
        raise ValueError("the calendar has no working day within a century")

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        """Opening and closing in UTC, so that differences are elapsed time on DST days, too."""
        return _local(day, self.opens, self.zone), _local(day, self.closes, self.zone)

    def length(self, day: date) -> float:
        """Seconds from opening to closing."""
        opens, closes = self._hours(day)
        return (closes - opens).total_seconds()

    def _within(self, day: date, start: datetime, end: datetime) -> float:
        if not self.works_on(day):
            return 0.0
        opens, closes = self._hours(day)
        return max((min(closes, end) - max(opens, start)).total_seconds(), 0.0)


@lru_cache(maxsize=65536)
def _between(calendar: Calendar, first: date, last: date) -> float:
    """Working seconds of the days after the first and before the last; many moments share them."""
    days = _days(first + DAY, last - DAY)
    return sum(calendar.length(day) for day in days if calendar.works_on(day))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


@lru_cache(maxsize=8192)
def _local(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    return _local(day, time.min, zone)
