"""Races with real threads on a database that is really shared."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from governance.agreements.models import Agreement
from integrations.connectors.stores import store
from integrations.messages.models import InboxMessage
from integrations.sync.beat import hold
from integrations.sync.events import receive
from integrations.sync.lifecycle import RunState
from integrations.sync.models import BeatLease, ReceivedEvent, ScheduleSlot, SyncRun
from integrations.sync.services import execute, start, tick
from portal.accounts.models import User
from tests import firm as sample
from tests.firm import NOW, flow_item, register
from tests.integrations.sync.test_events_received import event
from tests.integrations.sync.test_runs import entry

pytestmark = pytest.mark.django_db(transaction=True)
RIVALS = 8


@pytest.fixture
def shared(transactional_db: None, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Call it once the rows are there: other threads then share them, on SQLite through a file."""
    settings = connections.settings["default"]
    name = settings["NAME"]

    def share() -> None:
        if connection.vendor == "sqlite":
            path = tmp_path / "shared.sqlite3"
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(path)])
            settings["NAME"] = str(path)

    yield share
    settings["NAME"] = name


def together(act: Callable[[], Any], *, rivals: int = RIVALS) -> list[Any]:
    """What each of the rivals got, all let go at the same moment; errors are raised here."""
    gate = threading.Barrier(rivals)
    answers: list[Any] = []
    errors: list[BaseException] = []

    def one() -> None:
        try:
            gate.wait()
            answers.append(act())
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(rivals)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return answers


def alone(look: Callable[[], Any]) -> Any:
    """What a thread of its own sees in the shared database."""
    return together(look, rivals=1)[0]


@pytest.fixture
def agreed(transactional_db: None) -> Agreement:
    return sample.found()


def test_two_beats_at_the_same_instant_give_one_run_per_slot(agreed, shared):
    register([flow_item(schedule={"every": "PT1M", "catch_up": "all"})])
    shared()
    later = NOW.replace(minute=5)
    made = together(lambda: tick(now=later))
    assert sum(made) == 5
    assert alone(lambda: (ScheduleSlot.objects.count(), SyncRun.objects.count())) == (5, 5)
    assert alone(lambda: SyncRun.objects.values("slot").distinct().count()) == 5


def test_one_of_many_workers_takes_the_run(agreed, shared):
    source = store("psa-main")
    source.clear()
    source.put_many("time", [entry(number) for number in range(20)])
    run = start(flow=agreed.flow, by=None, trigger="slot", now=NOW)
    shared()
    together(lambda: execute(run_id=run.pk, now=NOW))
    found = alone(lambda: SyncRun.objects.get())
    assert (found.fence, found.accepted, found.planned) == (1, 20, 20)
    assert found.state == RunState.DELIVERING


def test_one_batch_sent_by_many_at_once_is_accepted_once(agreed, shared):
    register([flow_item(pattern="event", schedule={})])
    shared()
    events = [event(number) for number in range(5)]

    def send() -> int:
        stan = User.objects.get(username="stan")
        return receive(source="psa", events=events, by=stan, now=NOW).accepted

    assert sorted(together(send)) == [0] * (RIVALS - 1) + [5]
    seen = alone(lambda: (ReceivedEvent.objects.count(), InboxMessage.objects.count()))
    assert seen == (5, 5)


def test_one_of_many_beats_gets_the_lease(transactional_db, shared):
    shared()
    names = iter(range(RIVALS))
    lock = threading.Lock()

    def take() -> bool:
        with lock:
            holder = f"beat-{next(names)}"
        return hold(holder=holder)

    assert sorted(together(take)) == [False] * (RIVALS - 1) + [True]
    assert alone(BeatLease.objects.count) == 1
