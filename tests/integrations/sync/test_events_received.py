"""Pushed events: each accepted once, whole batches or nothing, only from who may send."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from integrations.connectors.stores import store
from integrations.errors import PermissionRefused, Refused
from integrations.messages.models import InboxMessage
from integrations.sync.delivery import drain
from integrations.sync.lifecycle import RunState, Trigger
from integrations.sync.models import ReceivedEvent, SyncRun
from integrations.sync.services import execute, finish_delivered, receive
from tests.firm import NOW, flow_item, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def stan(firm, person):
    """The flow takes events now."""
    register([flow_item(pattern="event", schedule={})])
    return person("stan")


def event(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": "/psa",
        "type": "time-entry.approved",
        "subject": "time-to-billing",
        "data": {
            "id": f"T-{number}",
            "project": "P-1",
            "hours": Decimal("8.0"),
            "role": "consultant",
            "amount": Decimal("1200.00"),
            "currency": "EUR",
        },
        **more,
    }


def told(*events: dict[str, Any], by: Any) -> tuple[int, int, int]:
    done = receive(source="psa", events=events, by=by, now=NOW)
    return done.accepted, done.unchanged, done.duplicates


def test_a_batch_is_accepted_in_one_run_and_delivered(stan):
    assert told(event(1), event(2), by=stan) == (2, 0, 0)
    run = SyncRun.objects.get()
    assert (run.trigger, run.requested_by, run.read, run.accepted) == (Trigger.EVENTS, stan, 2, 2)
    execute(run_id=run.pk, now=NOW)
    drain(connection="billing-main", now=NOW)
    finish_delivered(now=NOW)
    run.refresh_from_db()
    assert (run.state, run.planned, run.applied) == (RunState.DONE, 2, 2)
    assert len(store("billing-main").records("item")) == 2


def test_an_event_sent_again_is_a_duplicate_and_starts_nothing(stan):
    told(event(1), by=stan)
    assert told(event(1), by=stan) == (0, 0, 1)
    assert told(event(2), event(2), by=stan) == (1, 0, 1)
    assert (SyncRun.objects.count(), ReceivedEvent.objects.count()) == (2, 2)


def test_the_same_id_from_another_source_is_another_event(stan):
    told(event(1), by=stan)
    assert told(event(1, source="/crm"), by=stan) == (0, 1, 0)


def test_an_event_without_source_counts_as_the_senders(stan):
    told(event(1, source=""), by=stan)
    assert ReceivedEvent.objects.get().source == "psa"


def test_a_deletion_is_told_by_the_type(stan):
    told(event(1, type="time-entry.deleted"), by=stan)
    assert InboxMessage.objects.get().deleted is True


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": ""}, "event 1 lacks id"),
        ({"data": None}, "event 1 lacks data"),
        ({"data": [1]}, "data has to be the source record"),
        ({"specversion": "0.3"}, "1.0 is understood"),
        ({"subject": "nowhere"}, "no active flow is called 'nowhere'"),
        ({"type": "invoice.sent"}, "takes events of type time-entry."),
        ({"data": {"project": "P-1"}}, "its data has no 'id'"),
    ],
)
def test_one_bad_event_refuses_the_whole_batch(stan, change, words):
    with pytest.raises(Refused, match=words):
        told(event(1), event(2, **change), by=stan)
    assert (InboxMessage.objects.count(), ReceivedEvent.objects.count()) == (0, 0)
    assert SyncRun.objects.count() == 0


def test_only_who_may_start_runs_there_may_send(stan, person):
    with pytest.raises(PermissionRefused, match="you may not send events to time-to-billing"):
        told(event(1), by=person("fred"))


def test_a_polled_flow_takes_no_events(firm, person):
    with pytest.raises(Refused, match="is not an event flow"):
        told(event(1), by=person("stan"))


def test_a_batch_has_an_end(stan):
    with pytest.raises(Refused, match="a batch holds at most 1000 events"):
        told(*[event(number) for number in range(1001)], by=stan)
