"""A pipeline asks what a change would break, before anybody proposes it."""

from __future__ import annotations

import json

import pytest

from governance.catalog import comparing
from governance.catalog.models import Comparison

pytestmark = pytest.mark.django_db

OLD = {"type": "object", "properties": {"amount": {"type": "number"}}}
NEW = {**OLD, "required": ["amount"]}


@pytest.fixture
def ask(client, person):
    client.force_login(person("vera"))

    def post(**body):
        answer = client.post("/api/v1/compare", json.dumps(body), "application/json")
        return answer.status_code, answer.json()

    return post


def test_a_breaking_pair_is_named_with_rule_and_witness(ask):
    status, found = ask(old=OLD, new=NEW, kind="json-schema")
    [finding, *_] = found["findings"]
    assert (status, found["verdict"], finding["level"]) == (200, "incompatible", "breaking")
    assert finding["rule"]
    assert "amount" not in finding["witness"]


def test_texts_in_yaml_are_the_same_documents(ask):
    _, found = ask(old="type: string", new="type: [string, 'null']", kind="json-schema")
    assert found["verdict"] == "compatible"


def test_the_same_pair_is_computed_once(ask, monkeypatch):
    first = ask(old=OLD, new=NEW, kind="json-schema")
    monkeypatch.setattr(comparing, "_judged", lambda *args: pytest.fail("computed again"))
    assert ask(old=OLD, new=NEW, kind="json-schema") == first
    assert Comparison.objects.count() == 1


def test_another_mode_or_policy_is_another_question(ask):
    assert ask(old=NEW, new=OLD, kind="json-schema")[1]["verdict"] == "compatible"
    assert ask(old=NEW, new=OLD, kind="json-schema", mode="full")[1]["verdict"] == "incompatible"
    _, lenient = ask(
        old=OLD, new=NEW, kind="json-schema", policy={"levels": {"x": "info"}, "uses": ["amount"]}
    )
    assert lenient["findings"][0]["reaches"]
    assert Comparison.objects.count() == 3


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"old": {"type": 7}, "new": NEW, "kind": "json-schema"}, "/old"),
        ({"old": OLD, "new": "a: [", "kind": "json-schema"}, "/new"),
        ({"old": OLD, "new": NEW, "kind": "cobol"}, "/kind"),
        ({"old": OLD, "new": NEW, "mode": "sideways"}, "/mode"),
        ({"old": OLD, "new": NEW, "policy": {"nonsense": 1}}, "/policy"),
        ({"old": OLD, "new": NEW, "policy": {"open_enums": "maybe"}}, "/policy"),
    ],
)
def test_what_cannot_be_compared_is_refused_at_its_place(ask, body, pointer):
    status, problem = ask(**body)
    assert (status, problem["code"]) == (422, "invalid_document")
    assert problem["pointer"].startswith(pointer)
    assert Comparison.objects.count() == 0


def test_nobody_asks_without_signing_in(client):
    answer = client.post("/api/v1/compare", "{}", "application/json")
    assert answer.status_code in {401, 403}
