"""Kill the worker at every point that matters: nothing is lost and nothing happens twice.

Run with `pytest tests/chaos`; each test starts and stops its own processes.
"""

from __future__ import annotations

import signal
import time

import pytest

from tests.chaos.rig import (
    BAD,
    KILLED,
    RECORDS,
    SOUND,
    Findings,
    Rig,
    Target,
    check,
    entry,
    needless_cases,
)

LEASE = 11
"""Seconds after which a worker that was not heard of has lost its lanes."""
EFFECTS = ["idempotency_key", "upsert", "lookup", "none"]
POINTS = [
    "after_claim:1",
    "after_claim:2",
    "before_send:1",
    "before_send:2",
    "before_commit:1",
    "before_commit:2",
    "after_commit:1",
    "after_commit:2",
    "in_sweeper:1",
    "in_sweeper:2",
    "between_slot_and_nudge:1",
]


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """One founded firm per mode, copied for each scenario, with a target of its own."""
    held: dict[str, tuple[Rig, Target]] = {}

    def start(mode: str) -> Rig:
        if mode not in held:
            target = Target(mode)
            held[mode] = Rig(tmp_path_factory.mktemp(mode), target).founded(), target
        return held[mode][0]

    yield start
    for _, target in held.values():
        target.stop()


@pytest.fixture
def scenario(founded, tmp_path):
    def start(mode: str) -> Rig:
        rig = founded(mode).copy(tmp_path)
        rig.target.post("/_reset", {})
        rig.target.post("/_source", [entry(n) for n in range(RECORDS)])
        return rig

    return start


def next_versions(rig: Rig) -> None:
    """Some records change; where effects are once only, only such fields as have no effect."""
    changed = range(0, RECORDS, 7)
    rows = [entry(n, rev=2) for n in changed]
    if rig.target.mode != "upsert":
        rows = [{**entry(n), "rev": "2", "hours": "2.50"} for n in changed]
    rig.target.post("/_source", rows)


def to_rest(rig: Rig, *, doubts: int = 1) -> Findings:
    """Only where the target cannot tell repeats may a kill leave a doubt: one write each time."""
    next_versions(rig)
    assert rig.run() == 0, rig.errors()
    allowed = doubts if rig.target.mode == "none" else 0
    assert len(needless_cases(rig)) <= allowed
    return check(rig)


@pytest.mark.parametrize("mode", EFFECTS)
def test_undisturbed_every_record_arrives_or_is_a_case(scenario, mode):
    rig = scenario(mode)
    assert rig.run() == 0, rig.errors()
    assert to_rest(rig, doubts=0) == SOUND
    assert len(rig.target.state()["items"]) == RECORDS - len(BAD)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("mode", EFFECTS)
def test_killed_at_a_point_of_its_own_nothing_is_lost_or_doubled(scenario, mode, point):
    rig = scenario(mode)
    assert rig.run(crash_at=point) == KILLED, rig.errors()
    assert to_rest(rig) == SOUND


@pytest.mark.parametrize("moment", ["bytes_sent", "target_committed"])
@pytest.mark.parametrize("turn", [1, 40])
@pytest.mark.parametrize("mode", EFFECTS)
def test_killed_while_the_target_works_nothing_is_lost_or_doubled(scenario, mode, turn, moment):
    rig = scenario(mode)
    assert rig.kill_by_target(moment, turn) == KILLED, rig.errors()
    assert to_rest(rig) == SOUND


@pytest.mark.parametrize("mode", EFFECTS)
def test_killed_again_while_it_recovers(scenario, mode):
    rig = scenario(mode)
    assert rig.kill_by_target("target_committed", 40) == KILLED, rig.errors()
    for point in ("in_expiry:1", "after_claim:1", "before_commit:1"):
        assert rig.run(crash_at=point) == KILLED, rig.errors()
    assert to_rest(rig, doubts=4) == SOUND


@pytest.mark.parametrize("mode", EFFECTS)
def test_a_worker_that_sleeps_past_its_lease_and_wakes_does_nothing_twice(scenario, mode):
    rig = scenario(mode)
    sleeper = rig.sleeping_worker(turn=40)
    time.sleep(LEASE)
    assert rig.run() == 0, rig.errors()
    sleeper.send_signal(signal.SIGCONT)
    assert sleeper.wait() == 0, rig.errors()
    assert to_rest(rig) == SOUND


def test_killed_inside_an_activation_the_change_is_whole_or_not_there(scenario):
    rig = scenario("upsert")
    assert rig.worker("propose").wait() == 0, rig.errors()
    assert rig.run(crash_at="inside_activation:1") == KILLED, rig.errors()
    assert rig.rows("SELECT count(*) FROM governance_activation") == [(0,)]
    assert to_rest(rig) == SOUND
    assert rig.rows("SELECT count(*) FROM governance_activation") == [(1,)]


def test_control_a_target_that_ignores_keys_is_caught_by_the_checker(scenario):
    rig = scenario("liar")
    assert rig.kill_by_target("target_committed", 40) == KILLED, rig.errors()
    found = to_rest(rig)
    assert len(found.doubled) > 0
    assert found.money != {}
