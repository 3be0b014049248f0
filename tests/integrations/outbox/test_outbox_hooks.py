"""Notices as webhooks: signed as we ourselves ask for it, to registered hosts only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from governance.catalog.connector_words import Webhook
from governance.notifications.lifecycle import Kind
from governance.notifications.models import Delivery
from governance.notifications.services import Said, tell
from integrations.connectors.http import forget_connections
from integrations.connectors.services import put_secret
from integrations.connectors.webhooks import WebhookRefused, receive
from integrations.outbox.claiming import claim
from integrations.outbox.hooking import send_hook
from integrations.outbox.lifecycle import LEASE
from integrations.outbox.services import carry
from tests.firm import NOW, connection, register
from tests.integrations.connectors.given import ADA
from tests.integrations.connectors.peer import Manners, Server

pytestmark = pytest.mark.django_db
SECRET = "whsec_c2VjcmV0LW9mLXRoZS1hbGFybS1zeXN0ZW0="
OURS = Webhook(scheme="standard", header="webhook-signature", type="type", object="data")
LATER = NOW + timedelta(days=1)


@pytest.fixture
def alarm(firm: object, settings: Any) -> Iterator[Server]:
    """A listening system, registered as a connection that signs with a stored secret."""
    server = Server(Manners())
    settings.LOCAL_HOSTS = [server.host]
    settings.PUBLIC_URL = "https://concordat.example"
    put_secret(name="alarm", value=SECRET, by=ADA, reason="alarms", now=NOW)
    registered(server.url + "/notices")
    yield server
    forget_connections()
    server.stop()


def registered(url: str, **more: str) -> None:
    row = connection("psa", slug="alarm-main", base_url=url, kind="http", secret="alarm", **more)
    register([row])


def told(address: str = "alarm-main") -> Delivery:
    said = Said(
        event="e",
        kind=Kind.CASE_ESCALATED,
        subject="Tax code missing – Łódź",
        text="It is open since Monday.",
        about=("case", "7"),
    )
    tell(said, webhooks=[address], now=NOW)
    return Delivery.objects.get()


def heard(server: Server) -> list[tuple[str, str, dict[str, str], bytes]]:
    return [one for one in server.peer.requests if one[0] == "POST"]


def answers(server: Server, *faults: str) -> None:
    """What it says to the next posts; `success_false` is a 200."""
    server.peer.faults.extend(faults)


def test_our_own_verifier_takes_it_and_refuses_a_changed_one(alarm):
    copy = told()
    answers(alarm, "success_false")
    assert carry(channel="webhook", now=NOW) == 1
    [(_, path, headers, body)] = heard(alarm)
    now = datetime.now(UTC)
    event = receive(OURS, secrets=[SECRET], headers=headers, body=body, now=now)
    assert (path, event.id, event.type) == ("/notices", f"msg_{copy.key.hex}", "case.escalated")
    assert event.object == {
        "subject": "Tax code missing – Łódź",
        "text": "It is open since Monday.",
        "url": "https://concordat.example/queue/cases/7/",
        "about": {"kind": "case", "id": "7"},
    }
    assert json.loads(body)["timestamp"] == "2026-03-02T09:00:00Z"
    for forged in (body.replace(b"Monday", b"Sunday"), body + b" "):
        with pytest.raises(WebhookRefused):
            receive(OURS, secrets=[SECRET], headers=headers, body=forged, now=now)
    stale = now + timedelta(minutes=6)
    with pytest.raises(WebhookRefused):
        receive(OURS, secrets=[SECRET], headers=headers, body=body, now=stale)


def test_killed_after_sending_it_sends_again_under_the_same_id(alarm):
    told()
    answers(alarm, "success_false", "success_false")
    held = claim(channel="webhook", now=NOW)
    assert held is not None
    send_hook(held)
    Delivery.objects.update(lease_until=NOW - LEASE)
    assert carry(channel="webhook", now=NOW) == 1
    ids = [headers["webhook-id"] for _, _, headers, _ in heard(alarm)]
    assert ids == [f"msg_{held.key.hex}"] * 2


def test_what_is_held_by_a_worker_is_left_alone(alarm):
    told()
    assert claim(channel="webhook", now=NOW) is not None
    assert claim(channel="webhook", now=LATER) is None
    assert carry(channel="webhook", now=LATER) == 0
    assert heard(alarm) == []


def test_a_sick_receiver_is_tried_again_no_sooner_than_it_asks(alarm):
    copy = told()
    answers(alarm, "maintenance", "success_false")
    assert carry(channel="webhook", now=NOW) == 0
    copy.refresh_from_db()
    assert (copy.state, copy.last_error) == ("failed", "alarm-main answered 503")
    assert copy.due_at >= NOW + timedelta(seconds=120)
    assert carry(channel="webhook", now=NOW) == 0
    assert carry(channel="webhook", now=LATER) == 1


def test_nobody_listens_there_any_more(alarm):
    copy = told()
    answers(alarm, "gone")
    carry(channel="webhook", now=NOW)
    copy.refresh_from_db()
    assert (copy.state, copy.tries) == ("given_up", 1)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "https://169.254.169.254/latest", "https://[::1]/x"]
)
def test_an_address_that_connectors_may_not_call_is_given_up_unsent(alarm, url):
    registered(url)
    copy = told()
    carry(channel="webhook", now=NOW)
    copy.refresh_from_db()
    assert (copy.state, heard(alarm)) == ("given_up", [])


@pytest.mark.parametrize("address", ["nowhere", "billing-main"])
def test_unregistered_or_without_a_secret_it_is_given_up_unsent(alarm, address):
    copy = told(address)
    carry(channel="webhook", now=NOW)
    copy.refresh_from_db()
    assert copy.state == "given_up"
    assert "answered" not in copy.last_error
