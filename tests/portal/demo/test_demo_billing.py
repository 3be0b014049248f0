"""The sample billing system, written to by the connector that its approved description makes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integrations.connectors.port import EffectClass, Write
from integrations.errors import NeedsAPerson
from portal.demo.billing.forms import BadForm, nested

ACCOUNT = Write(
    object="customer",
    action="create",
    body={
        "name": "Halden Rail",
        "email": "faktura@haldenrail.example",
        "country": "NO",
        "currency": "eur",
        "external_reference": "CL-102",
    },
    idempotency_key="operation-1",
    reference="CL-102",
)


def _item(account: str, **more: object) -> Write:
    body = {
        "customer": account,
        "amount": 84375,
        "currency": "eur",
        "tax_code": "S-STD",
        "service_date": "2026-11-18",
        "description": "Timetable platform, 2026-11-18",
        "metadata": {"reference": "TE-100001", "hours": "7.50"},
        **more,
    }
    return Write("item", "create", body, idempotency_key="operation-2", reference="TE-100001")


@pytest.fixture
def account(systems):
    return systems.connect("billing").write(ACCOUNT).id


def test_an_account_is_made_and_found_by_our_reference(systems):
    connector = systems.connect("billing")
    made = connector.write(ACCOUNT)
    assert (made.status, made.id) == (201, "cus_00000001")
    assert connector.find(ACCOUNT).id == made.id
    assert connector.find(replace(ACCOUNT, reference="CL-999")) is None


def test_the_system_ignores_idempotency_keys_so_the_description_says_lookup(systems):
    connector = systems.connect("billing")
    assert connector.effect_class("customer", "create") is EffectClass.LOOKUP
    connector.write(ACCOUNT)
    connector.write(ACCOUNT)
    assert systems.billed.count("customers") == 2


def test_an_item_keeps_minor_units_and_nested_fields(systems, account):
    made = systems.connect("billing").write(_item(account))
    held = systems.billed.get("items", made.id)
    assert held["amount"] == 84375
    assert held["metadata"] == {"reference": "TE-100001", "hours": "7.50"}
    assert systems.connect("billing").find(_item(account)).id == made.id


def test_an_update_changes_the_account(systems, account):
    change = Write("customer", "update", {"name": "Halden Rail AS"}, {"id": account})
    systems.connect("billing").write(change)
    assert systems.billed.get("customers", account)["name"] == "Halden Rail AS"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"currency": "chf"}, "the account is kept in eur, not in chf"),
        ({"tax_code": "S-MOON"}, "S-MOON is no tax code"),
        ({"amount": -1}, "amount"),
        ({"colour": "red"}, "is no parameter of this call"),
        ({"customer": "cus_99999999"}, "no account has this id"),
    ],
)
def test_what_it_refuses_needs_a_person_and_says_why(systems, account, change, words):
    with pytest.raises(NeedsAPerson, match=words) as refused:
        systems.connect("billing").write(_item(account, **change))
    assert (refused.value.status, refused.value.klass) == (422, "data")
    assert systems.billed.count("items") == 0


def test_events_tell_of_items_newest_first_in_pages(systems, account):
    connector = systems.connect("billing")
    made = [connector.write(_item(account)).id for _ in range(5)]
    page = connector.read("item", cursor={}, limit=100, where={})
    assert {record.key for record in page.records} == set(made)


def test_one_token_serves_many_calls(systems, account):
    connector = systems.connect("billing")
    for _ in range(3):
        connector.find(ACCOUNT)
    asked = [one for one in systems.heard if one.path == "/oauth/token"]
    assert len(asked) <= 1


def test_brackets_become_records():
    pairs = [("a[b][c]", "1"), ("a[d]", "2"), ("e", "3")]
    assert nested(pairs) == {"a": {"b": {"c": "1"}, "d": "2"}, "e": "3"}


@pytest.mark.parametrize(
    "pairs",
    [
        [("a[", "1")],
        [("a", "1"), ("a", "2")],
        [("a", "1"), ("a[b]", "2")],
        [("a[]", "1")],
        [("a[b][c][d][e]", "1")],
    ],
)
def test_a_form_that_cannot_be_one_record_is_refused(pairs):
    with pytest.raises(BadForm):
        nested(pairs)
