"""Business time counts working hours only, on ordinary days and on the odd ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.ownership.business_time import Calendar

BERLIN = {
    "time_zone": "Europe/Berlin",
    "opens": "09:00",
    "closes": "17:30",
    "weekdays": [1, 2, 3, 4, 5],
    "holidays": [{"on": "2026-12-25", "name": "Christmas Day"}],
}
NIGHT_SHIFT = BERLIN | {"opens": "01:00", "closes": "05:00", "weekdays": [1, 2, 3, 4, 5, 6, 7]}
CALENDAR = Calendar.from_document(BERLIN)
DAY = 8.5 * 3600


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-19T10:00+01:00", "2026-11-19T12:30+01:00", 2.5),
        ("2026-11-19T07:00+01:00", "2026-11-19T20:00+01:00", 8.5),
        ("2026-11-20T16:30+01:00", "2026-11-23T10:00+01:00", 2.0),
        ("2026-11-21T10:00+01:00", "2026-11-22T10:00+01:00", 0.0),
        ("2026-12-24T17:00+01:00", "2026-12-28T09:30+01:00", 1.0),
        ("2026-11-23T10:00+01:00", "2026-11-20T16:30+01:00", -2.0),
    ],
    ids=["within a day", "a whole day", "a weekend", "only a weekend", "a holiday", "backwards"],
)
def test_only_working_hours_count(start, end, hours):
    assert CALENDAR.seconds_between(at(start), at(end)) == hours * 3600


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 3.0), ("2026-10-25", 5.0), ("2026-10-26", 4.0)]
)
def test_a_night_on_which_the_clocks_change_is_as_long_as_it_was(day, hours):
    night = Calendar.from_document(NIGHT_SHIFT)
    start = datetime.fromisoformat(day).replace(tzinfo=night.zone)
    end = start + timedelta(hours=12)
    assert night.seconds_between(start, end) == hours * 3600


def test_a_business_day_is_as_long_as_the_office_is_open():
    assert CALENDAR.days_between(at("2026-11-16T09:00+01:00"), at("2026-11-18T13:15+01:00")) == 2.5


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC, microsecond=0)
)


@given(moments, moments, moments)
def test_spans_add_up(one, two, three):
    first, second, third = sorted((one, two, three))
    whole = CALENDAR.seconds_between(first, third)
    parts = CALENDAR.seconds_between(first, second) + CALENDAR.seconds_between(second, third)
    assert whole == parts


@given(moments, st.integers(1, 40 * int(DAY)))
def test_adding_is_undone_by_measuring(start, seconds):
    assert CALENDAR.seconds_between(start, CALENDAR.add(start, seconds)) == seconds


@given(moments, st.integers(1, 40 * int(DAY)))
def test_going_back_is_undone_by_measuring(end, seconds):
    assert CALENDAR.seconds_between(CALENDAR.back(end, seconds), end) == seconds


@given(moments, moments)
def test_business_time_is_never_longer_than_time(one, other):
    first, second = sorted((one, other))
    elapsed = (second - first).total_seconds()
    assert 0 <= CALENDAR.seconds_between(first, second) <= elapsed


def test_the_zone_decides_the_day():
    assert CALENDAR.day_of(at("2026-11-19T23:30+00:00")).isoformat() == "2026-11-20"


def test_a_calendar_without_working_days_is_told_apart_from_a_long_wait():
    every = [{"on": "2026-01-01", "name": "x"}]
    closed = Calendar.from_document(BERLIN | {"weekdays": [], "holidays": every})
    with pytest.raises(ValueError, match="no working day"):
        closed.add(at("2026-11-19T10:00+01:00"), 1)
