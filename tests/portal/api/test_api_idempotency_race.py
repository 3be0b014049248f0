"""Two callers with one key at the same moment, on a database that is really shared."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connection, connections

from governance.approvals.models import ChangeRequest
from tests.firm import value_map_item

pytestmark = pytest.mark.django_db(transaction=True)
ALL = "/api/v1/change-requests"
PROPOSAL = {"title": "Partners are billed", "items": [value_map_item(("partner", "PAR"))]}


@pytest.fixture
def shared(firm, tmp_path):
    """Call it once the rows are there: on SQLite other threads share them through a file."""
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


def at_once(*acts):
    """What each act answered, all let go at the same moment."""
    gate, answers = threading.Barrier(len(acts)), []

    def one(act):
        try:
            gate.wait()
            answers.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_two_at_once_make_one_change_request(caller, shared):
    rivals = [caller("ada")] * 2
    shared()
    for number in range(5):
        key = f"race-{number}"
        body = {**PROPOSAL, "title": key}
        calls = [lambda c=c: c.send(ALL, body, Idempotency_Key=key) for c in rivals]  # noqa: B023
        answers = at_once(*calls)
        assert {one.status_code for one in answers} <= {201, 409}
        made = {one.json()["id"] for one in answers if one.status_code == 201}
        busy = {one.json()["code"] for one in answers if one.status_code == 409}
        assert (len(made), busy <= {"idempotency_key_running"}) == (1, True)
        [late] = at_once(calls[0])
        assert ({late.json()["id"]}, late["Idempotency-Replayed"]) == (made, "true")
        [count] = at_once(lambda: ChangeRequest.objects.filter(title=key).count())  # noqa: B023
        assert count == 1


def test_two_bodies_under_one_key_have_one_effect(caller, shared):
    client = caller("ada")
    shared()
    bodies = [{**PROPOSAL, "title": name} for name in ("one", "other")]
    answers = at_once(*(lambda b=b: client.send(ALL, b, Idempotency_Key="k") for b in bodies))
    assert sorted(one.status_code for one in answers) == [201, 422], json.dumps(
        [one.json() for one in answers]
    )
