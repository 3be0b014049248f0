"""Secrets go in and never come out; only a platform admin in a browser stores them."""

from __future__ import annotations

import json

import pytest

from governance.audit.models import AuditEntry
from integrations.connectors.models import Secret
from integrations.connectors.secrets import reveal

pytestmark = pytest.mark.django_db
CANARY = "whsec_Y2FuYXJ5Y2FuYXJ5"
ONE = "/api/v1/secrets/hook/psa-main"
STORED = {"value": CANARY, "reason": "webhooks"}


@pytest.fixture
def admin(client, person):
    client.force_login(person("paul"))
    return client


def put(client, path=ONE, body=STORED):
    return client.put(path, json.dumps(body), content_type="application/json")


def test_a_secret_is_stored_replaced_and_ended_and_shown_nowhere(admin):
    answers = [put(admin), put(admin), admin.get("/api/v1/secrets")]
    assert [one.status_code for one in answers] == [200, 200, 200]
    assert reveal("hook/psa-main") == CANARY
    assert [row["name"] for row in answers[2].json()["items"]] == ["hook/psa-main"]
    ended = admin.delete(ONE, json.dumps({"reason": "leaked"}), content_type="application/json")
    assert (ended.status_code, Secret.objects.count()) == (204, 0)
    told = AuditEntry.objects.filter(action__startswith="secret.").order_by("id")
    assert [(row.action, row.reason) for row in told] == [
        ("secret.put", "webhooks"),
        ("secret.put", "webhooks"),
        ("secret.delete", "leaked"),
    ]
    everything = "".join(one.content.decode() for one in answers) + str(list(told.values()))
    assert CANARY not in everything


def test_a_reason_is_asked_for(admin):
    assert put(admin, body={"value": CANARY}).json()["fields"] == {
        "reason": ["This field is required."]
    }
    assert admin.delete(ONE, "{}", content_type="application/json").status_code == 409


def test_nobody_else_stores_one(caller, client, person):
    assert put(caller("paul")).status_code == 403
    client.force_login(person("ada"))
    assert (put(client).status_code, client.get("/api/v1/secrets").status_code) == (403, 403)
    assert Secret.objects.count() == 0
