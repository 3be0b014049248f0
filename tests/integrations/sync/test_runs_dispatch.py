"""Ticks: one run per slot, however often and from wherever they ring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import IntegrityError, transaction
from django_celery_beat.models import PeriodicTask

from governance.agreements.models import Agreement
from governance.approvals.models import Activation, ChangeRequest, Revision
from integrations.cases import services as cases
from integrations.cases.models import Case
from integrations.connectors.port import SourceRecord
from integrations.leases import from_now
from integrations.messages import services as messages
from integrations.messages.models import InboxMessage, Lane
from integrations.sync.beat import hold, let_go
from integrations.sync.lifecycle import RunState, Trigger
from integrations.sync.models import BeatLease, ScheduleSlot, SyncRun
from integrations.sync.queries import beat, health, last_runs
from integrations.sync.services import agreements_changed, execute, plan, start, tick
from tests.firm import NOW, flow_item, register

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def rung(monkeypatch) -> list[tuple[str, dict[str, Any]]]:
    """What was sent to the broker, in order."""
    sent: list[tuple[str, dict[str, Any]]] = []

    def keep(name: str, kwargs: dict[str, Any], **_: Any) -> None:
        sent.append((name, kwargs))

    monkeypatch.setattr(current_app, "send_task", keep)
    return sent


def slots() -> list[tuple[datetime, bool]]:
    return list(ScheduleSlot.objects.order_by("slot").values_list("slot", "skipped"))


def test_a_due_slot_becomes_one_run_under_the_active_agreement(firm):
    assert tick(now=NOW + timedelta(seconds=30)) == 0
    assert tick(now=NOW + MINUTE) == 1
    run = SyncRun.objects.get()
    assert (run.agreement, run.trigger, run.slot.slot) == (firm, Trigger.SLOT, NOW + MINUTE)


def test_a_doubled_tick_changes_nothing(firm):
    tick(now=NOW + MINUTE)
    before = (slots(), list(SyncRun.objects.values()), list(PeriodicTask.objects.values()))
    assert [tick(now=NOW + MINUTE) for _ in range(3)] == [0, 0, 0]
    after = (slots(), list(SyncRun.objects.values()), list(PeriodicTask.objects.values()))
    assert before == after


def test_the_database_refuses_a_second_row_and_a_second_run_for_one_slot(firm):
    tick(now=NOW + MINUTE)
    held = ScheduleSlot.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        ScheduleSlot.objects.create(flow=held.flow, slot=held.slot, created_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        SyncRun.objects.create(
            flow=held.flow,
            agreement=firm,
            trigger=Trigger.SLOT,
            slot=held,
            due_at=NOW,
            created_at=NOW,
        )


def test_after_an_outage_the_latest_slot_runs_and_the_others_are_on_record(firm):
    assert tick(now=NOW + 4 * MINUTE) == 1
    assert slots() == [
        (NOW + MINUTE, True),
        (NOW + 2 * MINUTE, True),
        (NOW + 3 * MINUTE, True),
        (NOW + 4 * MINUTE, False),
    ]


def test_a_flow_that_catches_up_all_gets_a_run_for_each_missed_slot(firm):
    register([flow_item(schedule={"every": "PT1M", "catch_up": "all"})])
    assert tick(now=NOW + 4 * MINUTE) == 4
    assert SyncRun.objects.filter(slot__isnull=False).count() == 4


def test_a_slot_is_covered_by_a_run_that_has_not_begun(firm):
    tick(now=NOW + MINUTE)
    assert tick(now=NOW + 2 * MINUTE) == 0
    assert slots() == [(NOW + MINUTE, False), (NOW + 2 * MINUTE, True)]


def test_a_slot_gets_its_run_while_the_former_one_is_still_delivering(firm):
    tick(now=NOW + MINUTE)
    SyncRun.objects.update(state=RunState.DELIVERING)
    assert tick(now=NOW + 2 * MINUTE) == 1


def test_a_superseded_agreement_and_an_event_flow_have_no_slots(firm):
    Agreement.objects.update(status="superseded")
    assert tick(now=NOW + MINUTE) == 0
    register([flow_item(pattern="event", schedule={})])
    assert tick(now=NOW + MINUTE) == 0


def test_a_slot_that_was_due_before_a_new_schedule_is_not_lost(firm):
    register([flow_item(schedule={"cron": "0 12 * * *"})])
    tick(now=NOW)
    tick(now=datetime(2026, 3, 2, 12, 0, 1, tzinfo=UTC))
    SyncRun.objects.update(state=RunState.DONE)
    noon = datetime(2026, 3, 3, 12, tzinfo=UTC)
    register([flow_item(schedule={"cron": "0 15 * * *"})])
    newest = Agreement.objects.get(status="active")
    Agreement.objects.filter(pk=newest.pk).update(activated_at=noon + timedelta(seconds=2))
    former = Agreement.objects.filter(document__schedule__cron="0 12 * * *")
    former.update(superseded_at=noon + timedelta(seconds=2))
    assert tick(now=noon + timedelta(seconds=5)) == 1
    assert slots()[-1] == (noon, False)
    SyncRun.objects.update(state=RunState.DONE)
    assert tick(now=noon + timedelta(hours=3)) == 1
    assert slots()[-1] == (noon + timedelta(hours=3), False)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-03-29", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("2026-10-25", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_night_that_jumps_gives_one_run_however_often_it_ticks(firm, day, expected):
    register([flow_item(schedule={"cron": "30 2 * * *", "time_zone": "Europe/Berlin"})])
    began = datetime.fromisoformat(f"{day}T00:00:00+00:00") - timedelta(hours=2)
    Agreement.objects.filter(status="active").update(activated_at=began)
    for minute in range(0, 6 * 60, 7):
        tick(now=began + timedelta(minutes=minute))
        SyncRun.objects.update(state=RunState.DONE)
    assert slots() == [(expected, False)]
    assert SyncRun.objects.count() == 1


def test_a_lost_nudge_is_rung_again_for_run_lane_and_message(
    firm, rung, django_capture_on_commit_callbacks
):
    run = start(flow=firm.flow, by=None, trigger=Trigger.SLOT, now=NOW)
    record = SourceRecord("T-1", "1", {"id": "T-1"})
    messages.accept(agreement=firm, run=None, records=[record], cursor=None, now=NOW)
    Lane.objects.create(flow=firm.flow, key="L", connection="billing-main", due_at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        tick(now=NOW)
    assert rung == [
        ("integrations.run", {"run_id": run.pk}),
        ("integrations.drain", {"connection": "billing-main"}),
        ("integrations.plan", {"flow_id": firm.flow_id}),
    ]


def test_a_run_that_is_held_or_not_due_is_not_rung(firm, rung, django_capture_on_commit_callbacks):
    run = start(flow=firm.flow, by=None, trigger=Trigger.SLOT, now=NOW)
    SyncRun.objects.filter(pk=run.pk).update(lease_until=from_now(timedelta(seconds=10)))
    with django_capture_on_commit_callbacks(execute=True):
        tick(now=NOW)
    SyncRun.objects.filter(pk=run.pk).update(lease_until=None, due_at=NOW + MINUTE)
    with django_capture_on_commit_callbacks(execute=True):
        tick(now=NOW)
    assert rung == []


def test_every_scheduled_flow_is_listed_where_people_look_for_schedules(firm):
    agreements_changed(flow_ids=[firm.flow_id], now=NOW)
    listed = {
        task.name: (task.task, str(task.interval or task.crontab))
        for task in PeriodicTask.objects.all()
    }
    assert listed == {
        "concordat:tick": ("integrations.tick", "every 5 seconds"),
        "concordat:scan": ("governance.scan", "every 15 seconds"),
        "concordat:seal": ("governance.seal", "every 60 seconds"),
        "concordat:verify": ("integrations.verify_cells", "every 86400 seconds"),
        "flow:time-to-billing": ("integrations.tick", "every 60 seconds"),
    }


def test_the_list_follows_the_active_agreement(firm):
    agreements_changed(flow_ids=[firm.flow_id], now=NOW)
    register([flow_item(schedule={"cron": "30 2 * * 1-5", "time_zone": "Europe/Berlin"})])
    agreements_changed(flow_ids=[firm.flow_id], now=NOW)
    row = PeriodicTask.objects.get(name="flow:time-to-billing")
    assert (
        row.interval,
        row.crontab.minute,
        row.crontab.day_of_week,
        str(row.crontab.timezone),
    ) == (
        None,
        "30",
        "1-5",
        "Europe/Berlin",
    )
    register([flow_item(schedule={"cron": "0 9 * * 1#1"})])
    agreements_changed(flow_ids=[firm.flow_id], now=NOW)
    row.refresh_from_db()
    assert (row.crontab, row.interval.every) == (None, 60)
    Agreement.objects.update(status="superseded")
    agreements_changed(flow_ids=[firm.flow_id], now=NOW)
    assert not PeriodicTask.objects.filter(name="flow:time-to-billing").exists()


def test_a_listing_that_is_right_already_is_not_written_again(firm, django_assert_num_queries):
    agreements_changed(flow_ids=[firm.flow_id], now=NOW)
    before = list(PeriodicTask.objects.values())
    agreements_changed(flow_ids=[firm.flow_id], now=NOW + MINUTE)
    assert list(PeriodicTask.objects.values()) == before


def _activation(agreement: Agreement, person: Any) -> ChangeRequest:
    """A change request that activated this agreement."""
    request = ChangeRequest.objects.create(
        title="Add a role",
        state="active",
        risk_class="RV",
        opened_by=person,
        opened_at=NOW,
        touched_at=NOW,
    )
    revision = Revision.objects.create(
        request=request, number=1, content=[], digest="0" * 64, author=person, created_at=NOW
    )
    made = Activation.objects.create(request=request, revision=revision, at=NOW)
    made.agreements.add(agreement)
    return request


def test_a_case_that_waits_for_a_change_is_planned_anew_when_it_activates(firm, person):
    record = SourceRecord("T-1", "1", {"id": "T-1", "project": "P-1"})
    messages.accept(agreement=firm, run=None, records=[record], cursor=None, now=NOW)
    plan(flow_id=firm.flow_id, now=NOW)
    case = Case.objects.get()
    request = _activation(firm, person("stan"))
    cases.wait_for_change(
        case=case, by=person("stan"), reason="new", change_request=request.pk + 1, now=NOW
    )
    agreements_changed(flow_ids=[firm.flow_id], now=NOW)
    assert Case.objects.get().state == "waiting_change"
    Case.objects.update(change_request=request.pk)
    tick(now=NOW)
    assert (Case.objects.get().state, InboxMessage.objects.get().state) == (
        "replaying",
        "accepted",
    )
    assert list(Case.objects.get().events.values_list("action", flat=True)) == [
        "opened",
        "waits for change",
        "woken",
    ]


def test_a_breached_case_rises_with_the_tick(firm):
    record = SourceRecord("T-1", "1", {"id": "T-1"})
    messages.accept(agreement=firm, run=None, records=[record], cursor=None, now=NOW)
    plan(flow_id=firm.flow_id, now=NOW)
    case = Case.objects.get()
    tick(now=case.due_at)
    case.refresh_from_db()
    assert case.urgency == 0


def test_one_beat_holds_the_lease_and_the_spare_stands_by(db):
    assert [hold(holder="a"), hold(holder="b"), hold(holder="a")] == [True, False, True]
    taken = BeatLease.objects.get().taken_at
    hold(holder="a")
    assert BeatLease.objects.get().taken_at == taken


def test_the_spare_takes_over_when_the_lease_runs_out_or_is_given_back(db):
    hold(holder="a")
    BeatLease.objects.update(until=from_now(timedelta(seconds=-1)))
    assert (hold(holder="b"), hold(holder="a")) == (True, False)
    let_go(holder="a")
    assert hold(holder="a") is False
    let_go(holder="b")
    assert hold(holder="a") is True


def test_health_tells_the_age_of_the_oldest_due_row_and_who_rings(firm):
    assert health(now=NOW).oldest_due_seconds == 0
    start(flow=firm.flow, by=None, trigger=Trigger.SLOT, now=NOW)
    hold(holder="host:1")
    told = health(now=NOW + MINUTE)
    assert (told.oldest_due_seconds, told.open_runs, told.open_cases) == (60.0, 1, 0)
    assert (told.beat.holder, told.beat.alive) == ("host:1", True)
    BeatLease.objects.update(until=from_now(timedelta(seconds=-1)))
    assert beat().alive is False


def test_the_last_run_of_each_flow_is_one_query(firm, django_assert_num_queries):
    first = start(flow=firm.flow, by=None, trigger=Trigger.SLOT, now=NOW)
    execute(run_id=first.pk, now=NOW)
    second = start(flow=firm.flow, by=None, trigger=Trigger.SLOT, now=NOW)
    with django_assert_num_queries(1):
        assert [(run.pk, run.flow.slug) for run in last_runs()] == [(second.pk, "time-to-billing")]
