"""A run from its start to its end: it reads, accepts, plans, and always ends."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from governance.agreements.models import Agreement
from governance.audit.models import AuditEntry
from integrations.cases.models import Case
from integrations.connectors.models import Breaker, MaintenanceWindow
from integrations.connectors.stores import Store, store
from integrations.errors import CursorExpired, NeedsAPerson, PermissionRefused, Refused, TryLater
from integrations.leases import from_now
from integrations.messages.models import Cursor, InboxMessage, Operation
from integrations.sync import reading
from integrations.sync.delivery import drain
from integrations.sync.lifecycle import RunState, Trigger
from integrations.sync.models import SyncRun
from integrations.sync.services import execute, finish_delivered, start
from tests.firm import NOW

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(hours=2)


def entry(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"T-{number}",
        "project": "P-1",
        "hours": Decimal("8.0"),
        "role": "consultant",
        "amount": Decimal("1200.00"),
        "currency": "EUR",
        **more,
    }


@pytest.fixture
def psa(firm: Agreement) -> Store:
    return store("psa-main")


@pytest.fixture
def run(firm: Agreement) -> SyncRun:
    return start(flow=firm.flow, by=None, trigger=Trigger.SLOT, now=NOW)


def now_is(run: SyncRun) -> SyncRun:
    return SyncRun.objects.get(pk=run.pk)


def counts(run: SyncRun) -> tuple[int, ...]:
    found = now_is(run)
    return found.read, found.accepted, found.unchanged, found.planned, found.rejected


def test_a_run_reads_every_page_plans_and_waits_for_delivery(run, psa, monkeypatch):
    monkeypatch.setattr(reading, "PAGE", 2)
    psa.put_many("time", [entry(number) for number in range(5)])
    execute(run_id=run.pk, now=NOW)
    found = now_is(run)
    assert (found.state, found.pages, found.lease_until) == (RunState.DELIVERING, 3, None)
    assert counts(run) == (5, 5, 0, 5, 0)
    assert set(InboxMessage.objects.values_list("run", "state")) == {(run.pk, "planned")}


def test_a_run_is_done_once_its_effects_are_delivered(run, psa):
    psa.put_many("time", [entry(number) for number in range(3)])
    execute(run_id=run.pk, now=NOW)
    assert finish_delivered(now=NOW) == 0
    drain(connection="billing-main", now=NOW)
    assert finish_delivered(now=SOON) == 1
    found = now_is(run)
    assert (found.state, found.applied, found.failed) == (RunState.DONE, 3, 0)
    assert found.finished_at == SOON
    assert len(store("billing-main").records("item")) == 3


def test_a_run_that_finds_nothing_is_done_at_once(run, psa):
    execute(run_id=run.pk, now=NOW)
    assert (now_is(run).state, counts(run)) == (RunState.DONE, (0, 0, 0, 0, 0))


def test_the_next_run_goes_on_where_the_last_one_ended(firm, run, psa):
    psa.put("time", entry(1))
    execute(run_id=run.pk, now=NOW)
    psa.put("time", entry(2))
    second = start(flow=firm.flow, by=None, trigger=Trigger.SLOT, now=SOON)
    execute(run_id=second.pk, now=SOON)
    assert counts(second) == (1, 1, 0, 1, 0)


def test_a_rejected_record_is_parked_with_a_person_and_does_not_hold_the_run(run, psa):
    psa.put("time", entry(1, hours=Decimal("-1")))
    execute(run_id=run.pk, now=NOW)
    assert (now_is(run).state, counts(run)) == (RunState.DONE, (1, 1, 0, 0, 1))
    assert Case.objects.get().message.run == run.pk


def test_an_effect_that_failed_is_parked_with_its_case(run, psa):
    psa.put("time", entry(1))
    execute(run_id=run.pk, now=NOW)
    store("billing-main").fail_next(1, NeedsAPerson("no such project", klass="data", status=422))
    drain(connection="billing-main", now=NOW)
    finish_delivered(now=NOW)
    found = now_is(run)
    assert (found.state, found.applied, found.failed) == (RunState.DONE, 0, 1)
    assert Case.objects.get().operation_id == Operation.objects.get().pk


def test_a_source_that_is_away_is_tried_again_at_the_time_in_the_row(run, psa):
    psa.fail_next(1, TryLater("connection refused", after_seconds=90))
    execute(run_id=run.pk, now=NOW)
    found = now_is(run)
    assert (found.state, found.tries, found.error) == (RunState.QUEUED, 1, "connection refused")
    assert found.due_at >= NOW + timedelta(seconds=90)
    execute(run_id=run.pk, now=NOW)
    assert now_is(run).fence == found.fence
    execute(run_id=run.pk, now=SOON)
    assert now_is(run).state == RunState.DONE


def test_throttling_costs_no_try(run, psa):
    psa.throttle_next(1, after_seconds=5)
    execute(run_id=run.pk, now=NOW)
    assert (now_is(run).state, now_is(run).tries) == (RunState.QUEUED, 0)


def test_a_source_that_stays_away_ends_the_run_with_one_case_for_the_connection(firm, run, psa):
    psa.fail_next(99)
    moment = NOW
    for _ in range(firm.document["retry"]["limit"]):
        execute(run_id=run.pk, now=moment)
        moment += timedelta(minutes=20)
    assert now_is(run).state == RunState.FAILED
    case = Case.objects.get()
    assert (case.klass, case.connection, case.message, case.system) == (
        "exhausted",
        "psa-main",
        None,
        "psa",
    )
    assert case.title == "psa could not be read (psa-main)"


def test_refused_credentials_fail_the_run_trip_the_breaker_and_open_one_case(firm, run, psa):
    psa.fail_next(1, NeedsAPerson("401 Unauthorized", klass="auth", status=401))
    execute(run_id=run.pk, now=NOW)
    assert (now_is(run).state, now_is(run).error) == (RunState.FAILED, "401 Unauthorized")
    assert Breaker.objects.get().state == "open"
    assert Case.objects.get().title == "psa refuses our credentials (psa-main)"
    second = start(flow=firm.flow, by=None, trigger=Trigger.SLOT, now=NOW)
    execute(run_id=second.pk, now=NOW)
    assert (now_is(second).state, now_is(second).tries) == (RunState.QUEUED, 0)
    assert Case.objects.count() == 1


def test_a_source_that_answers_again_closes_its_cases_and_its_breaker(firm, run, psa):
    psa.fail_next(1, NeedsAPerson("401 Unauthorized", klass="auth", status=401))
    execute(run_id=run.pk, now=NOW)
    second = start(flow=firm.flow, by=None, trigger=Trigger.SLOT, now=SOON)
    execute(run_id=second.pk, now=SOON)
    assert now_is(second).state == RunState.DONE
    assert (Breaker.objects.get().state, Case.objects.get().state) == ("closed", "resolved")


def test_a_maintenance_window_costs_the_run_nothing(run, psa):
    MaintenanceWindow.objects.create(
        connection="psa-main",
        starts_at=NOW - timedelta(hours=1),
        ends_at=NOW + timedelta(hours=1),
        reason="upgrade",
    )
    execute(run_id=run.pk, now=NOW)
    assert (now_is(run).state, now_is(run).tries) == (RunState.QUEUED, 0)
    execute(run_id=run.pk, now=SOON)
    assert now_is(run).state == RunState.DONE


def test_an_expired_cursor_means_reading_everything_again(firm, run, psa):
    psa.put("time", entry(1))
    execute(run_id=run.pk, now=NOW)
    psa.put("time", entry(2))
    psa.fail_next(1, CursorExpired("410 Gone"))
    second = start(flow=firm.flow, by=None, trigger=Trigger.SLOT, now=SOON)
    execute(run_id=second.pk, now=SOON)
    assert counts(second) == (2, 1, 1, 1, 0)
    assert Cursor.objects.get().value == {"at": 2}


def test_a_source_that_calls_an_empty_cursor_expired_needs_a_person(run, psa):
    psa.fail_next(1, CursorExpired("410 Gone"))
    execute(run_id=run.pk, now=NOW)
    assert (now_is(run).state, Case.objects.get().klass) == (RunState.FAILED, "contract")


def test_a_source_that_turns_in_circles_ends_the_run(run, psa, monkeypatch):
    monkeypatch.setattr(reading, "PAGE", 0)
    psa.put("time", entry(1))
    Cursor.objects.create(flow=run.flow, value={"at": 0}, advanced_at=NOW)
    execute(run_id=run.pk, now=NOW)
    assert now_is(run).state == RunState.FAILED
    assert now_is(run).error.endswith("its cursor does not move")


def test_a_worker_that_dies_each_time_ends_the_run_too(firm, run):
    SyncRun.objects.filter(pk=run.pk).update(tries=firm.document["retry"]["limit"])
    execute(run_id=run.pk, now=NOW)
    assert (now_is(run).state, now_is(run).error) == (
        RunState.FAILED,
        "its worker died each time",
    )


def test_a_source_that_throttles_for_a_day_ends_the_run(run, psa):
    psa.throttle_next(1)
    execute(run_id=run.pk, now=NOW)
    execute(run_id=run.pk, now=NOW + timedelta(hours=25))
    assert (now_is(run).state, now_is(run).error) == (RunState.FAILED, "slow down")


def test_only_the_oldest_waiting_run_of_a_flow_goes(firm, run, psa):
    second = start(flow=firm.flow, by=None, trigger=Trigger.SLOT, now=NOW)
    execute(run_id=second.pk, now=NOW)
    assert now_is(second).state == RunState.QUEUED
    execute(run_id=run.pk, now=NOW)
    execute(run_id=second.pk, now=NOW)
    assert now_is(second).state == RunState.DONE


def test_the_database_refuses_two_active_runs_of_one_flow(firm, run):
    second = start(flow=firm.flow, by=None, trigger=Trigger.SLOT, now=NOW)
    SyncRun.objects.filter(pk=run.pk).update(state=RunState.READING)
    with pytest.raises(IntegrityError), transaction.atomic():
        SyncRun.objects.filter(pk=second.pk).update(state=RunState.PLANNING)


def test_a_run_that_another_worker_holds_is_left_alone(run, psa):
    SyncRun.objects.filter(pk=run.pk).update(
        state=RunState.READING, fence=4, lease_until=from_now(timedelta(seconds=10))
    )
    execute(run_id=run.pk, now=NOW)
    assert (now_is(run).fence, now_is(run).tries) == (4, 0)


def test_a_run_whose_worker_vanished_is_taken_over_and_goes_on(run, psa):
    psa.put("time", entry(1))
    SyncRun.objects.filter(pk=run.pk).update(
        state=RunState.READING, fence=4, tries=1, lease_until=from_now(timedelta(seconds=-1))
    )
    execute(run_id=run.pk, now=NOW)
    assert (now_is(run).fence, now_is(run).state) == (5, RunState.DELIVERING)


def test_a_worker_that_lost_its_run_changes_nothing_more(run, psa):
    psa.put("time", entry(1))
    real = psa.read

    def slow(*args: Any) -> Any:
        SyncRun.objects.filter(pk=run.pk).update(fence=99)
        return real(*args)

    psa.read = slow  # type: ignore[method-assign]
    execute(run_id=run.pk, now=NOW)
    assert (now_is(run).state, now_is(run).fence) == (RunState.READING, 99)
    assert InboxMessage.objects.count() == 0


def test_a_bug_is_told_and_tried_again_rather_than_hidden(run, psa):
    def broken(*args: Any) -> Any:
        raise ZeroDivisionError("division by zero")

    psa.read = broken  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        execute(run_id=run.pk, now=NOW)
    assert (now_is(run).state, now_is(run).error) == (
        RunState.QUEUED,
        "ZeroDivisionError: division by zero",
    )


def test_a_person_starts_a_run_once_however_often_they_press(firm, person):
    flow, stan = firm.flow, person("stan")
    first = start(flow=flow, by=stan, trigger=Trigger.PERSON, now=NOW)
    again = start(flow=flow, by=stan, trigger=Trigger.PERSON, now=NOW)
    assert (first.pk, first.requested_by) == (again.pk, stan)
    assert AuditEntry.objects.filter(action="run.started").count() == 2


def test_a_person_brings_forward_a_run_that_waits_for_its_next_try(firm, run, person, psa):
    psa.fail_next(1, TryLater("away", after_seconds=3000))
    execute(run_id=run.pk, now=NOW)
    again = start(flow=firm.flow, by=person("stan"), trigger=Trigger.PERSON, now=NOW)
    assert again.pk == run.pk
    execute(run_id=run.pk, now=NOW)
    assert now_is(run).state == RunState.DONE


@pytest.mark.parametrize("username", ["fred", "vera", "aude"])
def test_only_who_may_start_runs_of_the_domain_does(firm, person, username):
    with pytest.raises(PermissionRefused, match="you may not start runs of"):
        start(flow=firm.flow, by=person(username), trigger=Trigger.PERSON, now=NOW)
    assert SyncRun.objects.count() == 0


def test_a_flow_without_an_active_agreement_does_not_run(firm, person):
    Agreement.objects.update(status="superseded")
    with pytest.raises(Refused, match="has no active flow agreement"):
        start(flow=firm.flow, by=person("stan"), trigger=Trigger.PERSON, now=NOW)


def test_a_run_keeps_the_agreement_it_was_started_under(firm, run, psa):
    psa.put("time", entry(1))
    Agreement.objects.filter(pk=firm.pk).update(status="superseded")
    execute(run_id=run.pk, now=NOW)
    assert set(InboxMessage.objects.values_list("agreement", flat=True)) == {firm.pk}
