"""What a failure means for those behind it, by the flow's ordering."""

from __future__ import annotations

import pytest

from integrations.errors import NeedsAPerson, TryLater
from integrations.messages.models import Lane, Operation
from integrations.messages.services import claim, expire_leases, open_attempts, requeue
from integrations.sync.delivery import drain
from tests import firm as sample
from tests.integrations.messages import path
from tests.integrations.messages.test_messages_ledger import vanish

pytestmark = pytest.mark.django_db


def versions(agreement, *amounts, name="a"):
    for amount in amounts:
        path.put(name, amount=amount)
        path.read(agreement)
        path.plan(agreement)


def refuse_next():
    path.billing().fail_next(1, NeedsAPerson("no", klass="data"))


def test_strict_versions_arrive_in_the_order_of_acceptance(firm):
    versions(path.flow(ordering="strict"), "1.00", "2.00", "3.00")
    path.deliver()
    assert path.amounts() == [("a", 100), ("a", 200), ("a", 300)]


def test_strict_parks_the_followers_silently_behind_a_failure(firm):
    versions(path.flow(ordering="strict"), "1.00", "2.00")
    refuse_next()
    path.deliver()
    assert (path.states(), path.open_cases()) == (["failed", "planned"], [("data", "a")])
    assert Lane.objects.get().blocked_by == Operation.objects.first().pk
    assert path.deliver().applied == 0


def test_strict_lanes_do_not_wait_for_each_other(firm):
    agreement = path.flow(ordering="strict")
    versions(agreement, "1.00")
    versions(agreement, "5.00", name="b")
    refuse_next()
    path.deliver()
    assert sorted(path.states()) == ["applied", "failed"]


def test_strict_follows_on_when_the_failed_one_is_replayed(firm):
    versions(path.flow(ordering="strict"), "1.00", "2.00")
    refuse_next()
    path.deliver()
    requeue(operations=[Operation.objects.first().pk], now=sample.NOW)
    path.deliver()
    assert (path.amounts(), path.open_cases()) == ([("a", 100), ("a", 200)], [])


def test_the_next_version_takes_the_place_of_a_refused_one(firm):
    agreement = path.flow(ordering="strict")
    versions(agreement, "1.00")
    refuse_next()
    path.deliver()
    versions(agreement, "2.00")
    path.deliver()
    assert (path.states(), path.amounts()) == (["superseded", "applied"], [("a", 200)])
    assert path.open_cases() == []


def test_one_lane_for_a_project_orders_its_records(firm):
    agreement = path.flow(ordering="strict", lane="project")
    versions(agreement, "1.00")
    versions(agreement, "5.00", name="b")
    refuse_next()
    path.deliver()
    assert path.states() == ["failed", "planned"]


def test_latest_wins_sends_only_the_newest(firm):
    versions(path.flow(ordering="latest_wins"), "1.00", "2.00", "3.00")
    path.deliver()
    assert path.states() == ["superseded", "superseded", "applied"]
    assert path.amounts() == [("a", 300)]


def test_latest_wins_gives_up_a_waiting_try_for_the_newer_version(firm):
    agreement = path.flow(ordering="latest_wins")
    versions(agreement, "1.00")
    path.billing().fail_next(1)
    path.deliver()
    versions(agreement, "2.00")
    path.settle(agreement)
    assert (path.states(), path.amounts()) == (["superseded", "applied"], [("a", 200)])


def test_latest_wins_first_looks_at_an_older_one_in_doubt(firm):
    agreement = path.flow("lookup", ordering="latest_wins")
    versions(agreement, "1.00")
    path.billing().lose_answer_next()
    path.deliver()
    versions(agreement, "2.00")
    path.settle(agreement)
    assert path.states()[0] == "applied"


def test_independent_goes_on_after_a_failure(firm):
    versions(path.flow(ordering="independent", lane="project"), "1.00", "2.00")
    refuse_next()
    path.deliver()
    assert (path.states(), path.amounts()) == (["failed", "applied"], [("a", 200)])


def test_a_replayed_older_version_never_overwrites_a_newer_one(firm):
    versions(path.flow(ordering="independent"), "1.00", "2.00")
    refuse_next()
    path.deliver()
    requeue(operations=[Operation.objects.first().pk], now=sample.NOW)
    path.deliver()
    assert (path.states(), path.amounts()) == (["superseded", "applied"], [("a", 200)])
    assert path.open_cases() == []


@pytest.mark.parametrize("ordering", ["strict", "latest_wins", "independent"])
def test_later_effects_of_a_message_wait_for_its_earlier_ones(firm, ordering):
    second = {**sample.EFFECTS[0], "kind": "second"}
    versions(path.flow(ordering=ordering, effects=[*sample.EFFECTS, second]), "1.00")
    refuse_next()
    path.deliver()
    assert path.states() == ["failed", "planned"]
    requeue(operations=[Operation.objects.first().pk], now=sample.NOW)
    path.deliver()
    assert path.states() == ["applied", "applied"]


def test_a_retry_keeps_its_place_before_newer_versions(firm):
    agreement = path.flow(ordering="strict")
    versions(agreement, "1.00")
    path.billing().fail_next(1, TryLater("busy", status=503))
    path.deliver()
    versions(agreement, "2.00")
    path.settle(agreement)
    assert path.amounts() == [("a", 100), ("a", 200)]


@pytest.mark.parametrize(
    ("effect", "state", "cases"),
    [
        ("idempotency_key", "applied", []),
        ("upsert", "applied", []),
        ("lookup", "applied", []),
        ("none", "failed", [("unknown", "a")]),
    ],
)
def test_what_a_vanished_worker_may_have_sent_is_never_sent_blindly(firm, effect, state, cases):
    versions(path.flow(effect), "1.00")
    taken = claim(connection=path.TARGET, limit=1, now=sample.NOW).operations
    open_attempts(claimed=taken, now=sample.NOW)
    vanish(taken[0].lane)
    path.deliver()
    assert (path.states(), path.open_cases()) == ([state], cases)
    assert len(path.billing().effects) == (1 if state == "applied" else 0)


def test_a_record_that_kills_every_worker_ends_as_a_case(firm):
    versions(path.flow(retry={"limit": 2}), "1.00")
    for _ in range(3):
        expire_leases(now=sample.NOW)
        taken = claim(connection=path.TARGET, limit=1, now=sample.NOW).operations
        open_attempts(claimed=taken, now=sample.NOW)
        vanish(taken[0].lane)
    drain(connection=path.TARGET, now=sample.NOW)
    assert (path.states(), path.open_cases()) == (["failed"], [("poison", "a")])
    assert path.amounts() == []
