"""Every outcome of a try, for every effect class, against the in-memory system."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations.cases.models import Case
from integrations.connectors.models import Breaker
from integrations.crossrefs import services as crossrefs
from integrations.errors import NeedsAPerson, TryLater, UnknownOutcome
from integrations.messages.models import Attempt, ClosedAttempt, Lane, Operation
from integrations.messages.services import dismiss, requeue
from integrations.sync.sweep import sweep
from tests import firm as sample
from tests.integrations.messages import path

pytestmark = pytest.mark.django_db
SAFE = ["idempotency_key", "upsert", "lookup"]
EVERY = [*SAFE, "none"]


def ready(effect="upsert", names=("a",), **more):
    agreement = path.flow(effect, **more)
    for name in names:
        path.put(name)
    path.read(agreement)
    path.plan(agreement)
    return agreement


def outcomes():
    return list(
        ClosedAttempt.objects.order_by("started_at", "fence").values_list("outcome", flat=True)
    )


@pytest.mark.parametrize("effect", EVERY)
def test_every_record_arrives_once(firm, effect):
    ready(effect, ["a", "b", "c"])
    assert path.deliver().applied == 3
    assert path.deliver().applied == 0
    assert sorted(path.amounts()) == [("a", 10_000), ("b", 10_000), ("c", 10_000)]
    assert (path.states(), Attempt.objects.count()) == (["applied"] * 3, 0)
    assert list(Lane.objects.values_list("lease_until", "due_at").distinct()) == [(None, None)]


@pytest.mark.parametrize("effect", SAFE)
def test_a_lost_answer_is_never_a_second_effect(firm, effect):
    agreement = ready(effect)
    path.billing().lose_answer_next()
    path.deliver()
    assert path.states() == ["unknown"]
    path.settle(agreement, now=sample.NOW + timedelta(minutes=1))
    assert (path.states(), outcomes()) == (["applied"], ["unknown", "ok"])
    assert len(path.billing().records("item")) == 1
    assert len(path.billing().effects) == (2 if effect == "upsert" else 1)


def test_a_key_that_the_target_may_have_forgotten_is_not_trusted(firm):
    ready("idempotency_key")
    path.billing().lose_answer_next()
    path.deliver()
    path.billing()._answers.clear()
    path.deliver(now=sample.NOW + timedelta(days=2))
    assert (path.states(), path.amounts()) == (["applied"], [("a", 10_000)])


def test_a_target_that_cannot_tell_repeats_is_looked_at_and_then_a_person_decides(firm):
    agreement = ready("none")
    path.billing().fail_next(1, UnknownOutcome("reset"))
    path.settle(agreement)
    assert (path.states(), path.open_cases()) == (["failed"], [("unknown", "a")])
    assert path.amounts() == []
    requeue(operations=[Operation.objects.get().pk], now=sample.NOW)
    path.deliver(now=sample.NOW + timedelta(hours=1))
    assert (path.states(), path.amounts()) == (["failed"], [])
    requeue(operations=[Operation.objects.get().pk], now=sample.NOW, resend=True)
    path.deliver(now=sample.NOW + timedelta(hours=1))
    assert (path.states(), path.open_cases()) == (["applied"], [])
    assert path.amounts() == [("a", 10_000)]


def test_a_target_that_cannot_tell_repeats_but_shows_the_effect_is_believed(firm):
    agreement = ready("none")
    path.billing().lose_answer_next()
    path.settle(agreement)
    assert (path.states(), path.amounts(), path.open_cases()) == (["applied"], [("a", 10_000)], [])


@pytest.mark.parametrize("effect", EVERY)
def test_what_was_refused_goes_to_a_person(firm, effect):
    ready(effect)
    path.billing().fail_next(1, NeedsAPerson("no such tax code", klass="data", status=422))
    assert path.deliver().failed == 1
    case = Case.objects.get()
    assert (case.klass, case.operation.business_key, case.detail["status"]) == ("data", "a", 422)
    assert (path.states(), outcomes()) == (["failed"], ["refused"])
    requeue(operations=[case.operation_id], now=sample.NOW)
    path.deliver()
    assert (path.states(), path.open_cases(), path.amounts()) == (
        ["applied"],
        [],
        [("a", 10_000)],
    )


def test_throttling_costs_no_try_and_waits_as_long_as_told(firm):
    ready(names=["a", "b"])
    path.billing().throttle_next(1, after_seconds=30)
    path.deliver()
    assert path.states() == ["planned", "planned"]
    assert set(Operation.objects.values_list("tries", flat=True)) == {0}
    assert path.amounts() == []
    assert min(Lane.objects.values_list("due_at", flat=True)) >= sample.NOW + timedelta(seconds=30)
    assert path.deliver(now=sample.NOW + timedelta(minutes=2)).applied == 2


def test_a_passing_failure_is_tried_again_in_the_time_that_the_row_says(firm):
    ready(retry={"limit": 3, "base_seconds": 10, "cap_seconds": 60})
    path.billing().fail_next(1)
    path.deliver()
    lane, operation = Lane.objects.get(), Operation.objects.get()
    assert (operation.state, operation.tries, operation.last_class) == ("planned", 1, "transient")
    assert sample.NOW <= lane.due_at <= sample.NOW + timedelta(seconds=11)
    assert path.deliver(now=lane.due_at).applied == 1


def test_tries_run_out_into_a_case(firm):
    ready(retry={"limit": 3, "base_seconds": 1, "cap_seconds": 2})
    now = sample.NOW
    for _ in range(3):
        path.billing().fail_next(1)
        path.deliver(now=now)
        now += timedelta(minutes=1)
    assert (path.states(), path.open_cases()) == (["failed"], [("exhausted", "a")])
    assert outcomes() == ["refused"] * 3


def test_a_system_that_is_down_costs_no_tries_and_raises_one_case(firm):
    ready(names=[f"a{n}" for n in range(20)], retry={"limit": 2})
    now = sample.NOW
    for _ in range(4):
        path.billing().fail_next(1, TryLater("connection refused"))
        path.deliver(now=now)
        now += timedelta(hours=1)
    assert set(Operation.objects.values_list("state", "tries")) == {("planned", 0)}
    assert path.open_cases() == [("exhausted", path.TARGET)]
    assert Breaker.objects.get().state == "open"
    assert path.deliver(now=now).applied == 20
    assert (Breaker.objects.get().state, path.open_cases()) == ("closed", [])


def test_refused_credentials_trip_the_breaker_and_open_one_case_for_the_system(firm):
    ready(names=["a", "b", "c"])
    path.billing().fail_next(1, NeedsAPerson("bad key", klass="auth", status=401))
    path.deliver()
    assert path.open_cases() == [("auth", path.TARGET)]
    assert set(Operation.objects.values_list("state", "tries")) == {("planned", 0)}
    assert path.deliver(now=sample.NOW).applied == 0
    assert path.deliver(now=sample.NOW + timedelta(hours=1)).applied == 3
    assert path.open_cases() == []


def test_a_bug_while_sending_counts_as_an_unknown_outcome(firm):
    ready("lookup")

    def explode(old, body):
        raise KeyError("boom")

    path.billing().act("item", "create", explode)
    path.deliver()
    assert (path.states(), outcomes()) == (["unknown"], ["unknown"])


def test_the_answer_writes_the_cross_reference_that_others_wait_for(firm):
    pair = [
        {**sample.EFFECTS[0], "when": "project == 'P-1'"},
        {
            "kind": "note",
            "object": "item",
            "action": "upsert",
            "when": "project == 'P-2'",
            "body": [
                {"to": "external_id", "from": "id"},
                {"to": "amount_minor", "constant": 1},
                {"to": "parent", "crossref": {"entity": "time-entry", "key": "customer"}},
            ],
        },
    ]
    agreement = path.flow(effects=pair)
    path.put("child", project="P-2", customer="mother")
    path.read(agreement)
    path.plan(agreement)
    path.deliver()
    waiting = Operation.objects.get()
    assert (waiting.state, waiting.tries, waiting.last_class) == ("planned", 0, "prerequisite")
    path.put("mother")
    path.settle(agreement)
    parent = next(one.id for one in path.billing().effects if one.body["external_id"] == "mother")
    child = next(one.body for one in path.billing().effects if one.body["external_id"] == "child")
    assert (child["parent"], path.open_cases()) == (parent, [])


def test_a_prerequisite_that_never_comes_goes_to_a_person_in_the_end(firm):
    lonely = {
        **sample.EFFECTS[0],
        "body": [{"to": "parent", "crossref": {"entity": "project", "key": "project"}}],
    }
    ready(effects=[lonely])
    path.deliver(now=sample.NOW + timedelta(days=2))
    assert path.open_cases() == [("reference", "a")]
    told = Case.objects.get().detail
    assert told["message"] == "waits for project P-1 in billing"
    assert told["refers"] == [{"entity": "project", "key": "P-1", "system": "billing"}]
    sweep(now=sample.NOW + timedelta(days=2))
    assert path.open_cases() == [("reference", "a")]
    crossrefs.save(found={("project", "P-1", "billing"): "4711"}, now=sample.NOW)
    sweep(now=sample.NOW + timedelta(days=2))
    path.deliver(now=sample.NOW + timedelta(days=2))
    assert path.open_cases() == []
    assert [one.body for one in path.billing().effects] == [{"parent": "4711"}]


def test_dismissing_closes_the_effect_and_lets_the_followers_go(firm):
    agreement = ready()
    path.put("a", amount="2.00")
    path.read(agreement)
    path.plan(agreement)
    path.billing().fail_next(1, NeedsAPerson("no"))
    path.deliver()
    assert path.states() == ["failed", "planned"]
    dismiss(operations=[Operation.objects.first().pk], now=sample.NOW)
    path.deliver()
    assert (path.states(), path.amounts()) == (["dismissed", "applied"], [("a", 200)])


@pytest.mark.parametrize("count", [1, 60])
def test_a_batch_is_delivered_in_as_many_statements_at_any_size(
    firm, count, django_assert_max_num_queries
):
    ready(names=[f"a{n}" for n in range(count)])
    with django_assert_max_num_queries(45):
        path.deliver()
    assert len(path.billing().effects) == count
