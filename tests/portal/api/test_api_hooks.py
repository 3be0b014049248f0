"""A connected system tells of its records; only what it signed, lately, has an effect, and once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.connectors.services import put_secret
from integrations.messages.models import InboxMessage
from integrations.sync.delivery import drain
from integrations.sync.lifecycle import RunState, Trigger
from integrations.sync.models import ReceivedEvent, SyncRun
from integrations.sync.services import execute, finish_delivered
from portal.demo.clock import Clock
from portal.demo.ledgerline.webhooks import Webhooks
from tests import pipeline
from tests.firm import connector, flow_item, register

pytestmark = pytest.mark.django_db
HOOK = "/hooks/psa-main"
SECRET, NEXT = (f"whsec_{base64.b64encode(letter * 24).decode()}" for letter in (b"k", b"n"))
OWN_WAY = """  time: {path: /time, id: id}
webhook:
  header: Ledgerline-Signature
  signed: "{t}.{body}"
  event_id: id
  type: type
  object: data.object
"""


def keep(person, name: str, value: str) -> None:
    put_secret(name=name, value=value, by=person("paul"), reason="webhooks", now=timezone.now())


@pytest.fixture
def signing(person):
    keep(person, "hook/psa-main", SECRET)


@pytest.fixture
def pushed(signing):
    """The flow takes events instead of polling."""
    register([flow_item(pattern="event", schedule={})])


def told(number: int = 1, kind: str = "time.approved", **more) -> bytes:
    return json.dumps({"type": kind, "data": pipeline.time_entry(f"T-{number}"), **more}).encode()


def signed(body: bytes, *, id: str = "msg_1", secret: str = SECRET, late: float = 0.0):
    """Headers as Standard Webhooks asks for them."""
    moment = str(int((timezone.now() - timedelta(seconds=late)).timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    proof = hmac.new(key, f"{id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(proof).decode()}",
    }


def push(client, body: bytes, *, path: str = HOOK, headers=None, **more):
    found = signed(body, **more) if headers is None else headers
    return client.post(path, body, content_type="application/json", headers=found)


def test_a_record_that_is_pushed_is_delivered(client, pushed):
    answer = push(client, told())
    run = SyncRun.objects.get()
    assert (answer.status_code, answer.json()) == (
        202,
        {"accepted": 1, "duplicates": 0, "runs": [run.pk]},
    )
    assert (run.trigger, run.requested_by) == (Trigger.EVENTS, None)
    now = timezone.now()
    execute(run_id=run.pk, now=now)
    drain(connection="billing-main", now=now)
    finish_delivered(now=now)
    assert pipeline.items()["T-1"]["quantity"] == "8.0"


def test_a_repeat_is_answered_well_and_has_no_effect(client, pushed):
    push(client, told())
    again = push(client, told())
    assert (again.status_code, again.json()) == (
        200,
        {"accepted": 0, "duplicates": 1, "runs": []},
    )
    assert (InboxMessage.objects.count(), SyncRun.objects.count()) == (1, 1)
    assert push(client, told(2), id="msg_2").status_code == 202


def test_a_flow_that_polls_looks_now_and_only_once_while_it_waits(client, signing):
    first = push(client, told())
    second = push(client, told(2), id="msg_2")
    run = SyncRun.objects.get()
    assert (run.trigger, run.state) == (Trigger.WEBHOOK, RunState.QUEUED)
    assert first.json()["runs"] == second.json()["runs"] == [run.pk]
    pipeline.put(pipeline.time_entry("T-1"))
    execute(run_id=run.pk, now=timezone.now())
    run.refresh_from_db()
    assert (run.read, InboxMessage.objects.get().key) == (1, "T-1")


def test_news_of_what_no_flow_reads_has_no_effect(client, pushed):
    assert push(client, told(kind="invoice.paid")).json() == {
        "accepted": 0,
        "duplicates": 0,
        "runs": [],
    }
    assert (SyncRun.objects.count(), ReceivedEvent.objects.count()) == (0, 0)


def test_records_that_the_flow_leaves_out_are_left_out(client, signing):
    source = {"connection": "psa-main", "object": "time", "where": {"role": "architect"}}
    register([flow_item(pattern="event", schedule={}, source=source)])
    assert push(client, told()).json()["accepted"] == 0
    architect = told(data=pipeline.time_entry("T-2", role="architect"))
    assert push(client, architect, id="msg_2").json()["accepted"] == 1


def test_both_secrets_are_believed_while_one_replaces_the_other(client, pushed, person):
    assert push(client, told(), secret=NEXT).status_code == 401
    keep(person, "hook/psa-main/next", NEXT)
    assert push(client, told(), secret=NEXT).status_code == 202
    assert push(client, told(2), id="msg_2", secret=SECRET).status_code == 202


BODY = told()


@pytest.mark.parametrize(
    ("how", "more", "body"),
    [
        ({"secret": NEXT}, {}, BODY),
        ({"late": 301}, {}, BODY),
        ({"late": -302}, {}, BODY),
        ({}, {}, BODY + b" "),
        ({}, {"webhook-id": "msg_2"}, BODY),
        ({}, {"webhook-timestamp": "1"}, BODY),
        ({}, {"webhook-timestamp": "now"}, BODY),
        ({}, {"webhook-signature": ""}, BODY),
        ({}, {"webhook-signature": "v1,"}, BODY),
        ({}, {"webhook-signature": "v2,AAAA"}, BODY),
        ({"of": b"{"}, {}, b"{"),
    ],
)
def test_what_is_not_signed_as_it_stands_is_refused(client, pushed, how, more, body):
    headers = {**signed(how.pop("of", BODY), **how), **more}
    answer = push(client, body, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "webhook_refused"
    assert SECRET not in answer.content.decode()
    assert (SyncRun.objects.count(), ReceivedEvent.objects.count()) == (0, 0)


def test_without_a_stored_secret_nothing_is_believed(client, firm):
    assert push(client, told()).status_code == 401


def test_an_unknown_connection_and_an_oversized_body_are_refused(client, pushed):
    assert push(client, told(), path="/hooks/nothing").status_code == 404
    assert push(client, b" " * (1024 * 1024 + 1)).status_code == 413
    assert client.get(HOOK).status_code == 405


def test_a_signed_event_without_its_record_is_refused_whole(client, pushed):
    answer = push(client, told(data="T-1"))
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    assert ReceivedEvent.objects.count() == 0


def test_a_system_may_sign_in_its_own_way(client, person):
    register([connector("psa", OWN_WAY), flow_item(pattern="event", schedule={})])
    keep(person, "hook/psa-main", "the-secret")
    body = json.dumps(
        {"id": "evt_1", "type": "time.approved", "data": {"object": pipeline.time_entry("T-1")}}
    ).encode()
    moment = int(timezone.now().timestamp())
    proof = Webhooks("", "the-secret", Clock(0)).signature(body, moment)
    headers = {"Ledgerline-Signature": f"t={moment},v1={proof}"}
    assert [push(client, body, headers=headers).status_code for _ in range(2)] == [202, 200]
    assert InboxMessage.objects.get().key == "T-1"
