"""Our beat rings only while it holds the lease; a killed dispatcher leaves nothing half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import connection, connections
from django_celery_beat.models import PeriodicTask

from integrations.sync import timetable
from integrations.sync.beat import STAND_BY, LeasedScheduler
from integrations.sync.models import BeatLease, ScheduleSlot, SyncRun
from integrations.sync.runs import ready
from integrations.sync.services import tick
from tests.firm import NOW
from tests.integrations.sync.test_runs_race import agreed, alone, shared

__all__ = ["agreed", "shared"]

MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).parents[3]
TICK = """
import django; django.setup()
from datetime import datetime
from integrations.sync.services import tick
tick(now=datetime.fromisoformat({moment!r}))
"""


@pytest.fixture
def beats(
    transactional_db, monkeypatch
) -> Iterator[tuple[LeasedScheduler, LeasedScheduler, list[str]]]:
    """Two of them, and what they send."""
    sent: list[str] = []
    first, second = LeasedScheduler(app=current_app), LeasedScheduler(app=current_app)

    def keep(entry: Any, *args: Any, **kwargs: Any) -> None:
        sent.append(entry.name)

    for one in (first, second):
        monkeypatch.setattr(one, "apply_async", keep)
    yield first, second, sent
    for one in (first, second):
        one._finalize.cancel()


def test_starting_beat_lists_what_always_rings(beats):
    assert set(PeriodicTask.objects.filter(name__startswith="concordat:").values_list("name")) == {
        ("concordat:tick",),
        ("concordat:scan",),
        ("concordat:seal",),
        ("concordat:verify",),
    }


def test_the_spare_beat_sends_nothing_until_the_first_one_stops(beats):
    first, second, sent = beats
    for entry in [*first.schedule.values(), *second.schedule.values()]:
        entry.last_run_at -= timedelta(minutes=5)
    first.tick()
    assert (second.tick(), BeatLease.objects.get().holder) == (STAND_BY, first.holder)
    assert len(sent) == 1
    first.close()
    second.tick()
    assert (len(sent), BeatLease.objects.get().holder) == (2, second.holder)


@pytest.mark.django_db(transaction=True)
def test_a_kill_between_slot_and_nudge_loses_nothing(agreed, shared):
    shared()
    later = NOW + MINUTE
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": _url(),
        "CRASH_AT": "between_slot_and_nudge:1",
    }
    done = subprocess.run(
        [sys.executable, "-c", TICK.format(moment=later.isoformat())],
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert alone(lambda: (ScheduleSlot.objects.count(), SyncRun.objects.count())) == (1, 1)
    assert alone(lambda: tick(now=later)) == 0
    assert alone(lambda: ready(later).count()) == 1


def _url() -> str:
    settings = connections.settings["default"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    place = f"{settings['HOST']}:{settings['PORT']}"
    return f"postgresql://{settings['USER']}:{settings['PASSWORD']}@{place}/{settings['NAME']}"


def test_a_beat_that_starts_lists_what_runs_though_no_nudge_came(firm):
    PeriodicTask.objects.filter(name="flow:time-to-billing").delete()
    timetable.keep_all()
    assert PeriodicTask.objects.get(name="flow:time-to-billing").interval.every == 60
