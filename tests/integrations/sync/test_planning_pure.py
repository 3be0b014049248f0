"""Planning is a pure function of message, corrections and flow agreement."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.messages import bodies
from integrations.messages.plans import MessagePlan
from integrations.sync.compiled import compile_agreement
from integrations.sync.plan import Arrived, Rejection, input_hash, plan

DOCUMENT = {
    "format": 1,
    "flow": {"slug": "f", "name": "F", "domain": "d", "entity": "time", "mode": "replicate"},
    "source": {"system": "psa", "connection": "psa-main", "kind": "memory", "object": "time"},
    "target": {"system": "erp", "connection": "erp-main", "kind": "memory"},
    "contract": {
        "slug": "time",
        "version": "1.0.0",
        "schema": {
            "type": "object",
            "required": ["id", "amount"],
            "properties": {
                "id": {"type": "string"},
                "amount": {"type": "number", "minimum": 0},
                "worked_on": {"type": "string", "format": "date"},
            },
        },
    },
    "mapping": {
        "slug": "m",
        "read": {
            "rules": [
                {"to": "id", "from": "id", "required": True},
                {"to": "amount", "from": "amount", "transforms": [{"name": "decimal"}]},
                {"to": "currency", "from": "currency", "default": "EUR"},
                {"to": "worked_on", "from": "day"},
                {"to": "role", "from": "role", "value_map": "roles"},
                {"to": "region", "from": "region"},
            ],
            "when": "id",
        },
        "effects": [
            {
                "kind": "create_line",
                "object": "line",
                "action": "create",
                "revision": "once",
                "body": [{"to": "value", "from": "amount"}],
                "saves": "line",
            },
            {
                "kind": "update_line",
                "object": "line",
                "action": "update",
                "body": [{"to": "value", "from": "amount"}],
                "path": [{"to": "id", "crossref": {"entity": "line", "key": "id"}}],
            },
        ],
    },
    "value_maps": {"roles": {"touches": "", "rows": {"consultant": "CON"}}},
    "entity": {"slug": "time", "groups": []},
    "authority": [
        {
            "group": "money",
            "attributes": ["amount"],
            "scope": "*",
            "system": "psa",
            "effective_from": "2026-01-01",
            "effective_to": None,
        },
        {
            "group": "money",
            "attributes": ["amount"],
            "scope": "region:EMEA",
            "system": "erp",
            "effective_from": "2026-06-01",
            "effective_to": "2026-07-01",
        },
    ],
    "ordering": "strict",
    "lane": "",
    "retry": {},
    "amount": {"value": "amount", "currency": "currency"},
    "business_key": "id",
    "scope": "region",
}


def rules(**changes):
    return compile_agreement("d" * 64, {**copy.deepcopy(DOCUMENT), **changes})


RULES = rules()


def arrived(source, *, deleted=False, sequence=1, day=date(2026, 3, 2)):
    return Arrived(1, "k", "v1", sequence, "h" * 64, deleted, source, day)


def record(**more):
    return {"id": "T-1", "amount": "12.50", **more}


def planned(source, corrections=None, compiled=RULES, **more):
    return plan(arrived(source, **more), corrections or {}, compiled)


def told(found):
    return found.klass, found.detail.get("pointer", "")


def test_a_good_record_becomes_its_effects_in_order():
    found = planned(record())
    assert isinstance(found, MessagePlan)
    assert [(one.kind, one.revision, one.position) for one in found.effects] == [
        ("create_line", "0", 0),
        ("update_line", "v1", 1),
    ]
    assert (found.lane, found.business_key) == ("T-1", "T-1")
    assert (found.amount_minor, found.currency) == (1250, "EUR")
    assert bodies.decode(found.effects[1].raw) == {
        "object": "line",
        "action": "update",
        "path": {"id": {"$crossref": {"entity": "line", "key": "T-1", "system": ""}}},
        "body": {"value": Decimal("12.50")},
        "reference": "T-1",
        "saves": "",
        "saves_key": "",
    }


def test_a_record_that_is_not_ours_has_no_effects():
    assert planned({"amount": "1"}).effects == ()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (record(amount="-1"), ("contract", "/amount")),
        (record(day="2026-02-30"), ("contract", "/worked_on")),
        ({"id": "T-1"}, ("contract", "")),
        (record(role="gardener"), ("mapping", "/role")),
        (record(amount="many"), ("mapping", "/amount")),
        (record(amount="1.001"), ("mapping", "")),
        ({"id": "x" * 201, "amount": "1"}, ("mapping", "")),
        ({bodies.UNREADABLE: "17 MB"}, ("poison", "")),
        (None, ("poison", "")),
        ([], ("poison", "")),
    ],
)
def test_a_bad_record_is_told_by_class_and_place(source, expected):
    compiled = rules(
        mapping={**DOCUMENT["mapping"], "read": {"rules": DOCUMENT["mapping"]["read"]["rules"]}}
    )
    found = planned(source, compiled=compiled)
    if source == []:
        assert (type(found), found.klass) == (Rejection, "mapping")
        return
    assert told(found) == expected


def test_a_missing_row_of_a_value_map_names_map_and_value():
    assert planned(record(role="gardener")).detail["fix"] == {
        "value_map": "roles",
        "value": "gardener",
    }


@pytest.mark.parametrize(
    ("region", "day", "expected"),
    [
        ("region:EMEA", date(2026, 5, 31), None),
        ("region:EMEA", date(2026, 6, 1), ("authority", "/amount")),
        ("region:EMEA", date(2026, 7, 1), None),
        ("region:APAC", date(2026, 6, 1), None),
    ],
)
def test_only_the_author_of_scope_and_day_may_say(region, day, expected):
    found = planned(record(region=region), day=day)
    assert (told(found) if isinstance(found, Rejection) else None) == expected


def test_a_signed_correction_heals_what_the_contract_refused():
    assert planned(record(amount="-1"), {"/amount": "3.00"}).amount_minor == 300


def test_an_observed_flow_has_no_effects():
    observed = rules(flow={**DOCUMENT["flow"], "mode": "observe"})
    assert planned(record(), compiled=observed).effects == ()


def test_an_amount_that_does_not_add_up_breaks_the_contract_by_name():
    sums = [{"name": "BR-CO-15", "of": "amount", "plus": ["net", "tax"]}]
    read = [*DOCUMENT["mapping"]["read"]["rules"], {"to": "net", "from": "net"}]
    compiled = rules(
        contract={**DOCUMENT["contract"], "sums": sums},
        mapping={**DOCUMENT["mapping"], "read": {"rules": read}},
    )
    assert isinstance(planned(record(net="12.50"), compiled=compiled), MessagePlan)
    found = planned(record(net="12.49"), compiled=compiled)
    assert told(found) == ("contract", "/amount")
    assert (found.detail["clause"], found.detail["expected"]) == ("BR-CO-15", "12.49")
    assert found.amount_minor == 1250


def test_a_flow_that_only_watches_may_see_fields_of_any_author():
    watched = rules(flow={**DOCUMENT["flow"], "mode": "observe"})
    record_of_a_copy = record(region="region:EMEA")
    assert told(planned(record_of_a_copy, day=date(2026, 6, 1))) == ("authority", "/amount")
    found = planned(record_of_a_copy, compiled=watched, day=date(2026, 6, 1))
    assert (found.amount_minor, found.effects) == (1250, ())


def test_a_deletion_without_an_effect_for_it_is_a_case_once_the_record_was_known():
    assert told(planned(record(), deleted=True, sequence=2)) == ("data", "")
    assert planned(record(), deleted=True, sequence=1).effects == ()


def test_a_deletion_has_only_the_effects_that_delete():
    effects = [
        *DOCUMENT["mapping"]["effects"],
        {"kind": "drop", "object": "line", "action": "delete"},
    ]
    compiled = rules(mapping={**DOCUMENT["mapping"], "effects": effects})
    gone, there = (
        planned(record(), deleted=True, compiled=compiled),
        planned(record(), compiled=compiled),
    )
    assert [one.kind for one in gone.effects] == ["drop"]
    assert [one.kind for one in there.effects] == ["create_line", "update_line"]


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=20),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=3),
)
names = st.sampled_from(["id", "amount", "currency", "day", "role", "region", "other"])


@given(st.dictionaries(names, values), st.booleans(), st.integers(1, 3))
def test_planning_is_total_and_says_the_same_twice(source, deleted, sequence):
    message = arrived(source, deleted=deleted, sequence=sequence)
    kept = copy.deepcopy(source)
    first, second = plan(message, {}, RULES), plan(message, {}, RULES)
    assert isinstance(first, MessagePlan | Rejection)
    assert (first, source) == (second, kept)


@given(st.dictionaries(names, st.text(max_size=5)), st.dictionaries(names, st.text(max_size=5)))
def test_the_input_hash_differs_where_the_input_does(one, other):
    message = arrived(record())
    same = input_hash(message, one, RULES) == input_hash(message, other, RULES)
    assert same == (one == other)
