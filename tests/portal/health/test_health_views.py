"""What load balancers hear: 200 while work gets done, 503 with the reason while it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from integrations.sync import beat
from integrations.sync.lifecycle import RunState, Trigger
from integrations.sync.models import BeatLease, SyncRun
from portal.celery import app


@pytest.fixture
def ringing(db):
    """A beat holds its lease."""
    assert beat.hold(holder="here")


def _ready(client):
    answer = client.get("/health/ready")
    return answer.status_code, answer.json()


def test_liveness_asks_nothing_of_the_database(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


def test_ready_when_everything_answers(client, ringing):
    status, body = _ready(client)
    assert (status, body["status"]) == (200, "ready")
    assert list(body["checks"]) == ["database", "broker", "work", "beat"]
    assert body["checks"]["work"] == {
        "ok": True,
        "oldest_due_seconds": 0.0,
        "open_runs": 0,
        "overdue_leases": 0,
    }


def test_not_ready_without_a_beat(client, db):
    status, body = _ready(client)
    assert status == 503
    assert body["checks"]["beat"] == {"ok": False, "why": "no beat holds the lease"}


def test_not_ready_when_the_lease_of_beat_ran_out(client, ringing):
    BeatLease.objects.update(until=timezone.now() - timedelta(hours=1))
    status, body = _ready(client)
    assert (status, body["checks"]["beat"]["ok"]) == (503, False)


@pytest.mark.parametrize(("age", "expected"), [(60, 200), (600, 503)])
def test_the_age_of_the_oldest_due_row_tells_whether_anybody_works(
    client, ringing, firm, age, expected
):
    moment = timezone.now() - timedelta(seconds=age)
    SyncRun.objects.create(
        flow=firm.flow,
        agreement=firm,
        trigger=Trigger.PERSON,
        state=RunState.QUEUED,
        due_at=moment,
        created_at=moment,
    )
    status, body = _ready(client)
    assert status == expected
    assert age <= body["checks"]["work"]["oldest_due_seconds"] < age + 30
    assert body["checks"]["work"]["open_runs"] == 1


def test_a_broker_that_is_away_is_told_by_name_only(client, ringing, settings):

    kept = app.conf.broker_write_url
    app.conf.broker_write_url = "amqp://someone:a-password@127.0.0.1:1//"
    try:
        status, body = _ready(client)
    finally:
        app.conf.broker_write_url = kept
    assert (status, body["checks"]["broker"]["ok"]) == (503, False)
    assert "a-password" not in str(body)


def test_without_a_database_the_rest_is_not_asked(client, db):
    def broken(*args):
        raise DatabaseError("gone")

    with connection.execute_wrapper(broken):
        status, body = _ready(client)
    assert status == 503
    assert body["checks"] == {
        "database": {"ok": False, "why": "the database does not answer: DatabaseError"}
    }


def test_answers_are_never_cached(client, ringing):
    assert "no-store" in client.get("/health/ready")["Cache-Control"]


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_nothing_is_posted_here(client, db, path):
    assert client.post(path).status_code == 405
