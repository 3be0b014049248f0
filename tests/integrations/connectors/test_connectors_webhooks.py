"""A webhook is believed only when its system signed it, lately."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from governance.catalog.connector_words import Webhook
from integrations.connectors.webhooks import Event, WebhookRefused, receive

NOW = datetime(2026, 3, 1, tzinfo=UTC)
T = str(int(NOW.timestamp()))
BODY = json.dumps({"id": "evt_1", "type": "invoice.paid", "data": {"object": {"id": "in_1"}}})
SECRET = "whsec_" + base64.b64encode(b"k" * 24).decode()
STRIPE = Webhook(
    header="Stripe-Signature",
    signed="{t}.{body}",
    event_id="id",
    type="type",
    object="data.object",
)
XERO = Webhook(header="X-Xero-Signature", encoding="base64", event_id="id", carries="id")
STANDARD = Webhook(scheme="standard", header="webhook-signature", type="type")
TOKEN = Webhook(scheme="token", header="Authorization", event_id="id")


def signed(text: str, key: str = SECRET) -> bytes:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()


def stripe(moment: str = T, body: str = BODY, key: str = SECRET) -> dict[str, str]:
    return {"Stripe-Signature": f"t={moment},v1={signed(f'{moment}.{body}', key).hex()}"}


def told(webhook: Webhook, headers: dict[str, str], body: str = BODY, **more: Any) -> Event:
    secrets = more.pop("secrets", [SECRET])
    return receive(webhook, secrets=secrets, headers=headers, body=body.encode(), now=NOW)


def test_a_signed_event_is_received_with_its_record() -> None:
    assert told(STRIPE, stripe()) == Event("evt_1", "invoice.paid", {"id": "in_1"}, True)


def test_a_signature_of_the_body_alone_is_checked_in_base64() -> None:
    headers = {"x-xero-signature": base64.b64encode(signed(BODY)).decode()}
    assert told(XERO, headers).carries_all is False


def test_standard_webhooks_are_checked() -> None:
    text = f"msg_1.{T}.{BODY}".encode()
    proof = base64.b64encode(hmac.new(b"k" * 24, text, hashlib.sha256).digest()).decode()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": T,
        "webhook-signature": f"v1a,zzz v1,{proof}",
    }
    event = told(STANDARD, headers)
    assert (event.id, event.type) == ("msg_1", "invoice.paid")


def test_a_token_is_compared_whole() -> None:
    assert told(TOKEN, {"Authorization": f"Bearer {SECRET}"}).id == "evt_1"
    with pytest.raises(WebhookRefused):
        told(TOKEN, {"Authorization": f"Bearer {SECRET[:-1]}"})


def test_both_secrets_are_accepted_while_one_replaces_the_other() -> None:
    for key in ("old" * 10, "new" * 10):
        assert told(STRIPE, stripe(key=key), secrets=["old" * 10, "new" * 10]).id == "evt_1"


OTHER_TIME = str(int((NOW - timedelta(minutes=6)).timestamp()))
FUTURE = str(int((NOW + timedelta(minutes=6)).timestamp()))


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        ({"Stripe-Signature": ""}, BODY),
        ({"Stripe-Signature": f"t={T}"}, BODY),
        ({"Stripe-Signature": f"t={T},v1="}, BODY),
        ({"Stripe-Signature": "v1=" + signed(f".{BODY}").hex()}, BODY),
        ({"Stripe-Signature": "t=x,v1=" + signed(f"x.{BODY}").hex()}, BODY),
        (stripe(OTHER_TIME), BODY),
        (stripe(FUTURE), BODY),
        (stripe(key="another"), BODY),
        (stripe(), BODY + " "),
        (stripe(body="not json"), "not json"),
        ({"Stripe-Signature": f"t={T},v1=é"}, BODY),
    ],
)
def test_what_is_not_signed_is_refused(headers: dict[str, str], body: str) -> None:
    with pytest.raises(WebhookRefused) as caught:
        told(STRIPE, headers, body)
    assert SECRET not in str(caught.value)


def test_without_a_secret_nothing_is_believed() -> None:
    for secrets in ([], [""]):
        with pytest.raises(WebhookRefused):
            told(STRIPE, stripe(key=""), secrets=secrets)
        with pytest.raises(WebhookRefused):
            told(TOKEN, {"Authorization": "Bearer "}, secrets=secrets)
