"""Runs: what ran, starting one, and watching it come to its end."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.connectors.stores import store
from integrations.errors import NeedsAPerson
from integrations.sync.delivery import drain
from integrations.sync.models import SyncRun
from integrations.sync.services import execute, finish_delivered, start
from portal.web.runs.watching import schedule_words
from tests.integrations.messages import path

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def ran(firm):
    """A run of so many records, delivered unless told otherwise."""

    def make(count: int = 2, *, deliver: bool = True, first: int = 1) -> SyncRun:
        now = timezone.now()
        for number in range(first, first + count):
            path.put(f"T-{number}")
        run = start(flow=firm.flow, by=None, trigger="slot", now=now)
        execute(run_id=run.pk, now=now)
        if deliver:
            drain(connection="billing-main", now=now)
            finish_delivered(now=now)
        return SyncRun.objects.get(pk=run.pk)

    return make


@pytest.fixture
def stan(client, person):
    client.force_login(person("stan"))
    return client


def test_the_list_tells_each_run_with_its_counts(ran, stan):
    run = ran(3)
    told = text(stan.get("/runs/"))
    assert f"Run {run.pk} Approved time PSA → Billing Done its schedule" in told
    assert "every 1 min" in told


def test_the_list_costs_the_same_for_any_length(ran, stan):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert stan.get("/runs/").status_code == 200
        return len(queries)

    ran(1)
    cost()
    few = cost()
    for number in range(2, 12):
        ran(1, first=number)
    assert cost() == few <= 25


def test_the_list_narrows_by_flow_and_state(ran, stan):
    ran(1)
    ran(1, first=2, deliver=False)
    assert text(stan.get("/runs/?state=done")).count("its schedule") == 1
    assert text(stan.get("/runs/?flow=time-to-billing")).count("its schedule") == 2
    assert "No run fits this filter" in text(stan.get("/runs/?flow=nothing"))


def test_a_run_can_be_started_now_and_asked_twice_is_one(firm, stan):
    first = stan.post("/runs/start/time-to-billing/")
    again = stan.post("/runs/start/time-to-billing/")
    run = SyncRun.objects.get()
    assert first.url == again.url == f"/runs/{run.pk}/"
    assert (run.trigger, run.requested_by.username) == ("person", "stan")


def test_a_run_in_progress_is_polled_and_an_ended_one_is_not(ran, stan):
    run = ran(2, deliver=False)
    page = stan.get(f"/runs/{run.pk}/").content.decode()
    assert f'hx-get="/runs/{run.pk}/" hx-trigger="every 1s"' in page
    assert "0 of 2 delivered" in page
    drain(connection="billing-main", now=timezone.now())
    assert "2 of 2 delivered" in stan.get(f"/runs/{run.pk}/").content.decode()
    finish_delivered(now=timezone.now())
    poll = stan.get(f"/runs/{run.pk}/", headers={"HX-Request": "true", "HX-Target": "run"})
    assert poll.content.decode().lstrip().startswith('<div id="run">')
    assert "hx-trigger" not in poll.content.decode()
    assert "2 delivered" in text(poll)


def test_a_run_shows_its_records_its_cases_and_what_it_ran_under(ran, stan, firm):
    path.put("T-9", hours="-1")
    store("billing-main").fail_next(1, NeedsAPerson("no such project", klass="data", status=422))
    run = ran(2)
    page = stan.get(f"/runs/{run.pk}/")
    told = text(page)
    assert (run.rejected, run.failed, run.applied) == (1, 1, 1)
    assert "1 delivered, 2 with people" in told
    assert firm.digest in page.content.decode()
    assert 'href="/catalogue/flows/time-to-billing/"' in page.content.decode()
    assert {f"T-{n}" for n in (1, 2, 9)} <= set(told.split())
    assert "Billing refused: no such project" in told


def test_a_run_page_costs_the_same_for_any_number_of_records(ran, stan):
    def cost(run: SyncRun) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert stan.get(f"/runs/{run.pk}/").status_code == 200
        return len(queries)

    one, many = ran(1), ran(30, first=2)
    cost(one)
    assert cost(one) == cost(many) <= 25


def test_a_foreign_steward_sees_no_run_and_starts_none(ran, client, person):
    run = ran(1)
    client.force_login(person("fred"))
    assert "Nothing ran yet" in text(client.get("/runs/"))
    assert client.get(f"/runs/{run.pk}/").status_code == 404
    assert client.post("/runs/start/time-to-billing/").status_code == 404
    assert SyncRun.objects.count() == 1


def test_who_may_only_look_is_offered_no_start_and_refused_one(ran, client, person):
    ran(1)
    client.force_login(person("aude"))
    assert "Start now" not in text(client.get("/runs/"))
    assert client.post("/runs/start/time-to-billing/").status_code == 403
    client.force_login(person("vera"))
    assert client.get("/runs/").status_code == 403


def test_an_error_of_a_source_is_shown_as_text(ran, stan):
    run = ran(1)
    SyncRun.objects.filter(pk=run.pk).update(state="failed", error="<script>alert(1)</script>")
    page = stan.get(f"/runs/{run.pk}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_rail_says_whether_work_stands_still(ran, stan):
    run = ran(1)
    cache.clear()
    assert "All work in time" in text(stan.get("/"))
    SyncRun.objects.filter(pk=run.pk).update(
        state="queued", due_at=timezone.now() - timedelta(hours=1)
    )
    cache.clear()
    assert "Work is standing still" in text(stan.get("/"))
    cache.clear()


def test_runs_are_found_by_number_and_flow(ran, stan):
    run = ran(1)
    for words in (f"run {run.pk}", "Approved time"):
        assert f"Run {run.pk}, Approved time" in text(stan.get(f"/search/?q={words}"))


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ({"every": "PT15M"}, "every 15 min"),
        ({"every": "P1DT2H"}, "every 1 d 2 h"),
        ({"cron": "0 6 * * *", "time_zone": "Europe/Berlin"}, "0 6 * * * Europe/Berlin"),
        ({}, "by events or by hand"),
    ],
)
def test_schedules_are_told_in_words(schedule, words):
    assert schedule_words(schedule) == words
