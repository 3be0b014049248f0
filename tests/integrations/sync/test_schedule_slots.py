"""Due slots: anchored, in their zone, on nights that jump, and caught up by policy."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sync.schedule import (
    LATE,
    MOST,
    BadSchedule,
    Due,
    due,
    duration,
    next_slot,
    slots,
)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


def berlin(text: str) -> dict[str, str]:
    return {"cron": text, "time_zone": "Europe/Berlin"}


INSTANTS = st.datetimes(
    min_value=datetime(2025, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
SPANS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))
SCHEDULES = st.sampled_from(
    [
        {"every": "PT7M"},
        {"every": "PT1H"},
        berlin("*/20 * * * *"),
        berlin("30 2 * * *"),
        berlin("15,45 1-3 * * *"),
        {"cron": "0 * * * *", "time_zone": "America/Sao_Paulo"},
        {"cron": "30 1 * * *", "time_zone": "Australia/Lord_Howe"},
        {"cron": "0 9 * * 1-5", "time_zone": "Asia/Kolkata"},
    ]
)


def test_intervals_are_anchored_to_the_epoch_so_a_restart_never_moves_them():
    found = list(
        slots({"every": "PT15M"}, after=at(2026, 1, 1, 10, 7), until=at(2026, 1, 1, 10, 45))
    )
    assert found == [at(2026, 1, 1, 10, 15), at(2026, 1, 1, 10, 30), at(2026, 1, 1, 10, 45)]


def test_a_time_that_the_spring_night_skips_runs_once_right_after_the_gap():
    found = list(slots(berlin("30 2 * * *"), after=at(2026, 3, 28), until=at(2026, 3, 31)))
    assert found == [at(2026, 3, 28, 1, 30), at(2026, 3, 29, 1, 0), at(2026, 3, 30, 0, 30)]


def test_two_times_inside_the_gap_become_one_slot():
    found = list(slots(berlin("10,40 2 * * *"), after=at(2026, 3, 29), until=at(2026, 3, 29, 12)))
    assert found == [at(2026, 3, 29, 1, 0)]


def test_a_time_that_the_autumn_night_repeats_runs_once():
    found = list(slots(berlin("30 2 * * *"), after=at(2026, 10, 24), until=at(2026, 10, 27)))
    assert found == [at(2026, 10, 24, 0, 30), at(2026, 10, 25, 0, 30), at(2026, 10, 26, 1, 30)]


@pytest.mark.parametrize("minute", range(0, 120, 5))
def test_it_runs_once_however_often_we_look_during_the_repeated_hour(minute):
    looked = at(2026, 10, 25) + timedelta(minutes=minute)
    schedule = berlin("30 2 * * *")
    before = list(slots(schedule, after=at(2026, 10, 24, 12), until=looked))
    after = list(slots(schedule, after=looked, until=at(2026, 10, 25, 12)))
    assert before + after == [at(2026, 10, 25, 0, 30)]


def test_an_hourly_expression_follows_real_time_through_both_nights():
    spring = list(slots(berlin("0 * * * *"), after=at(2026, 3, 28, 23), until=at(2026, 3, 29, 3)))
    autumn = list(slots(berlin("0 * * * *"), after=at(2026, 10, 24, 23), until=at(2026, 10, 25, 3)))
    assert [slot.hour for slot in spring] == [0, 1, 2, 3]
    assert [slot.hour for slot in autumn] == [0, 1, 2, 3]


def test_a_cron_in_its_zone_keeps_the_wall_clock_across_the_year():
    found = slots(berlin("0 9 1 * *"), after=at(2026, 1, 1), until=at(2026, 12, 31))
    zone = ZoneInfo("Europe/Berlin")
    assert {slot.astimezone(zone).hour for slot in found} == {9}


@given(SCHEDULES, INSTANTS, SPANS, st.floats(0, 1))
def test_looking_in_two_steps_finds_what_one_look_finds(schedule, after, span, part):
    middle, until = after + span * part, after + span
    whole = list(slots(schedule, after=after, until=until))
    first = list(slots(schedule, after=after, until=middle))
    second = list(slots(schedule, after=middle, until=until))
    assert first + second == whole


@given(SCHEDULES, INSTANTS, SPANS)
def test_slots_rise_strictly_within_the_span(schedule, after, span):
    found = list(slots(schedule, after=after, until=after + span))
    assert found == sorted(set(found))
    assert all(after < slot <= after + span for slot in found)


@given(SCHEDULES, INSTANTS, SPANS, st.sampled_from(["skip", "latest", "all"]))
def test_every_slot_is_decided_exactly_once_whatever_the_policy(schedule, after, span, policy):
    until = after + span
    decided = due({**schedule, "catch_up": policy}, after=after, until=until)
    passed = set(slots(schedule, after=after, until=until))
    assert not set(decided.run) & set(decided.skipped)
    assert set(decided.run) | set(decided.skipped) <= passed
    if passed and policy != "skip":
        assert decided.run
    if len(passed) <= MOST and schedule.get("every"):
        assert len(decided.run) == {"all": len(passed)}.get(policy, min(len(decided.run), 1))


def test_latest_runs_the_newest_missed_slot_only():
    decided = due({"every": "PT1H"}, after=at(2026, 1, 1), until=at(2026, 1, 1, 3, 20))
    assert decided.run == [at(2026, 1, 1, 3)]
    assert decided.skipped[-1] == at(2026, 1, 1, 2)


def test_all_runs_each_missed_slot_in_order():
    schedule = {"every": "PT1H", "catch_up": "all"}
    decided = due(schedule, after=at(2026, 1, 1), until=at(2026, 1, 1, 3, 20))
    assert decided == Due(run=[at(2026, 1, 1, hour) for hour in (1, 2, 3)])


def test_skip_lets_go_what_is_late_and_runs_what_is_not():
    schedule = {"every": "PT1H", "catch_up": "skip"}
    in_time = due(schedule, after=at(2026, 1, 1), until=at(2026, 1, 1, 1) + LATE / 2)
    late = due(schedule, after=at(2026, 1, 1), until=at(2026, 1, 1, 1) + LATE)
    assert in_time == Due(run=[at(2026, 1, 1, 1)])
    assert late == Due(skipped=[at(2026, 1, 1, 1)])


def test_a_long_outage_is_caught_up_in_bounded_steps():
    schedule = {"every": "PT10S", "catch_up": "all"}
    decided = due(schedule, after=at(2026, 1, 1), until=at(2026, 3, 1))
    assert len(decided.run) == MOST
    assert decided.run[-1] == at(2026, 1, 1) + timedelta(seconds=10 * MOST)


def test_latest_after_a_year_of_silence_finds_the_newest_slot():
    decided = due(berlin("30 2 1 * *"), after=at(2025, 1, 15), until=at(2026, 1, 20))
    assert decided.run == [at(2026, 1, 1, 1, 30)]


def test_a_flow_without_schedule_is_never_due():
    assert due({}, after=at(2026, 1, 1), until=at(2027, 1, 1)) == Due()


def test_the_next_slot_is_the_one_people_see():
    assert next_slot(berlin("0 9 * * 1"), after=at(2026, 3, 27)) == at(2026, 3, 30, 7)


@pytest.mark.parametrize("text", ["", "PT", "P0D", "PT0S", "15m", "P1W"])
def test_an_unreadable_duration_is_refused(text):
    with pytest.raises(BadSchedule, match="is no duration such as PT15M"):
        duration(text)


def test_a_duration_adds_its_parts():
    assert duration("P1DT2H3M4S") == timedelta(days=1, hours=2, minutes=3, seconds=4)


def test_an_unreadable_cron_is_refused():
    with pytest.raises(BadSchedule, match="is no cron expression"):
        list(slots({"cron": "61 * * * *"}, after=at(2026, 1, 1), until=at(2026, 1, 2)))
