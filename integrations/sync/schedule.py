"""Which due times of a schedule fall between two instants, and which of them are caught up. Pure.

`every` is anchored to the Unix epoch in UTC, so that a restart never moves it. `cron` is read in
its time zone: a time that a spring night skips runs at the first minute after the gap, a time that
an autumn night repeats runs once, and an expression that steps by hour or minute follows real time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

LATE = timedelta(minutes=5)
"""A slot older than this was missed; policy `skip` lets it go."""
MOST = 500
"""Slots decided at once; what lies beyond is decided by the next look."""
_REACH = timedelta(hours=3)
"""Longer than any clock is set back, so that no slot hides behind an ambiguous hour."""
_DURATION = re.compile(r"^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")


class BadSchedule(ValueError):
    """The schedule cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Due:
    """Slots that get a run, and slots that are recorded as skipped; both ascending, in UTC."""

    run: list[datetime] = field(default_factory=list)
    skipped: list[datetime] = field(default_factory=list)


def duration(text: str) -> timedelta:
    """`P1DT2H30M` as a time span; zero is refused."""
    found = _DURATION.match(text)
    parts = [int(part or 0) for part in found.groups()] if found else []
    if not any(parts):
        raise BadSchedule(f"{text!r} is no duration such as PT15M")
    days, hours, minutes, seconds = parts
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def is_scheduled(schedule: Mapping[str, Any]) -> bool:
    """False for flows that run by events or by hand only."""
    return bool(schedule.get("every") or schedule.get("cron"))


def due(schedule: Mapping[str, Any], *, after: datetime, until: datetime) -> Due:
    """What to do about the slots in (after, until]."""
    if until <= after or not is_scheduled(schedule):
        return Due()
    policy = schedule.get("catch_up", "latest")
    if policy == "all":
        return Due(run=_first(slots(schedule, after=after, until=until), MOST))
    passed = _last(schedule, after=after, until=until)
    if not passed:
        return Due()
    if policy == "skip" and passed[-1] <= until - LATE:
        return Due(skipped=passed)
    return Due(run=passed[-1:], skipped=passed[:-1])


def slots(schedule: Mapping[str, Any], *, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every slot in (after, until], ascending, in UTC, each once."""
    after, until = after.astimezone(UTC), until.astimezone(UTC)
    if schedule.get("every"):
        return _intervals(duration(schedule["every"]), after, until)
    return _crons(schedule["cron"], schedule.get("time_zone", "UTC"), after, until)


def next_slot(schedule: Mapping[str, Any], *, after: datetime) -> datetime | None:
    """The first slot after an instant; None for a cron that never comes."""
    far = after + timedelta(days=4 * 366)
    return next(slots(schedule, after=after, until=far), None)


def _intervals(step: timedelta, after: datetime, until: datetime) -> Iterator[datetime]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    slot = epoch + ((after - epoch) // step + 1) * step
    while slot <= until:
        yield slot
        slot += step


def _crons(text: str, zone: str, after: datetime, until: datetime) -> Iterator[datetime]:
    """Local walls may repeat or skip, so begin early and keep what rises in UTC."""
    begin = (after - _REACH).astimezone(UTC if zone == "UTC" else ZoneInfo(zone))
    try:
        found = CronSim(text, begin)
    except CronSimError as error:
        raise BadSchedule(f"{text!r} is no cron expression: {error}") from error
    last = after
    for wall in found:
        slot = wall.astimezone(UTC)
        if slot > until:
            return
        if slot > last:
            yield slot
            last = slot


def _last(schedule: Mapping[str, Any], *, after: datetime, until: datetime) -> list[datetime]:
    """The newest slots of the span, MOST at the most, without walking a long outage."""
    reach = timedelta(hours=1)
    while True:
        begin = max(after, until - reach)
        found = list(slots(schedule, after=begin, until=until))
        if len(found) >= MOST or begin == after:
            return found[-MOST:]
        reach *= 24


def _first(found: Iterator[datetime], most: int) -> list[datetime]:
    return [slot for slot, _ in zip(found, range(most), strict=False)]
