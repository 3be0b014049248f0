"""How risky a change is."""

from __future__ import annotations

from copy import deepcopy

import pytest

from governance.approvals.classify import Change, classify, sensitive_fields
from tests import firm as sample

MONEY = frozenset({"amount", "currency"})


def document(item):
    return deepcopy(item["document"])


def classed(kind, old, new, **more):
    return classify([Change(kind, "it", old, new, **more)])


def test_words_alone_are_r0():
    old = document(sample.flow_item())
    assert classed("flow", old, {**old, "description": "clearer"}).risk_class == "R0"


def test_a_schedule_is_behaviour():
    old = document(sample.flow_item())
    found = classed("flow", old, {**old, "schedule": {"every": "PT5M"}})
    assert (found.risk_class, found.reasons) == (
        "R2",
        ["R2: flow it: it behaves differently (schedule)"],
    )


def test_where_the_money_of_a_flow_stands_is_r3():
    old = document(sample.flow_item())
    new = {**old, "amount": {"value": "hours", "currency": "currency"}}
    assert (classed("flow", old, new).risk_class, classed("flow", old, new).money) == ("R3", True)


@pytest.mark.parametrize(
    ("touches", "expected"), [("", ("RV", False)), ("tax", ("RV", True))], ids=["plain", "tax"]
)
def test_added_rows_are_rv_and_need_a_second_person_for_tax(touches, expected):
    old = document(sample.value_map_item(touches=touches))
    new = document(sample.value_map_item(("partner", "PAR"), touches=touches))
    found = classed("value_map", old, new)
    assert (found.risk_class, found.second_person) == expected


@pytest.mark.parametrize(("touches", "expected"), [("", "R2"), ("currency", "R3")])
def test_an_altered_row_is_more_than_rv(touches, expected):
    old = document(sample.value_map_item(touches=touches))
    new = deepcopy(old)
    new["rows"][0]["to"] = "OTH"
    assert classed("value_map", old, new).risk_class == expected


def test_clearing_what_a_map_touches_does_not_hide_an_altered_row():
    old = document(sample.value_map_item(touches="tax"))
    new = {**deepcopy(old), "touches": ""}
    new["rows"][0]["to"] = "OTH"
    assert classed("value_map", old, new).risk_class == "R3"


def test_a_system_of_record_is_r3_even_when_it_is_new():
    assert classed("authority", None, {"entity": "e", "group": "g"}).risk_class == "R3"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"to": "amount", "from": "net"}, ("R3", True)),
        ({"to": "customer", "from": "client"}, ("R2", False)),
        ({"to": "customer", "from": "join('-', [currency, client])"}, ("R3", True)),
    ],
    ids=["into money", "elsewhere", "out of money"],
)
def test_mapping_a_money_field_differently_is_r3(rule, expected):
    old = document(sample.mapping_item())
    kept = [one for one in sample.READ_RULES if one["to"] != rule["to"]]
    new = document(sample.mapping_item(read={"rules": [*kept, rule]}))
    found = classed("mapping", old, new, sensitive=MONEY)
    assert (found.risk_class, found.money) == expected


def test_dropping_the_rule_of_a_money_field_is_r3():
    old = document(sample.mapping_item())
    kept = [one for one in sample.READ_RULES if one["to"] != "amount"]
    new = document(sample.mapping_item(read={"rules": kept}))
    assert classed("mapping", old, new, sensitive=MONEY).risk_class == "R3"


@pytest.mark.parametrize(
    ("verdict", "expected"), [("compatible", "R1"), ("incompatible", "R3"), ("not_checked", "R3")]
)
def test_the_engine_decides_about_schemas(verdict, expected):
    old = document(sample.contract_version_item())
    new = document(sample.contract_version_item("1.1.0"))
    new["schema"]["title"] = "Time entry"
    found = classed("data_contract_version", old, new, verdict=verdict)
    assert found.risk_class == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"amount": {"kind": "money", "currency": "currency", "tax_basis": "gross"}}, ("R3", True)),
        ({"hours": {"unit": "DAY"}}, ("R3", False)),
        ({"hours": {"unit": "HUR", "classification": "internal"}}, ("R2", False)),
    ],
    ids=["net to gross", "unit", "classification"],
)
def test_a_meaning_that_changes_is_breaking_though_the_shape_is_the_same(change, expected):
    old = document(sample.contract_version_item())
    new = document(sample.contract_version_item("1.1.0", fields={**old["fields"], **change}))
    found = classed("data_contract_version", old, new, sensitive=MONEY)
    assert (found.risk_class, found.money) == expected


def test_an_author_may_raise_the_class_but_never_lower_it():
    old = document(sample.flow_item())
    change = Change("flow", "it", old, {**old, "schedule": {"every": "PT5M"}})
    assert classify([change], raised_to="R3").risk_class == "R3"
    assert classify([change], raised_to="R0").risk_class == "R2"


def test_the_heaviest_item_decides_and_is_told_first():
    old = document(sample.flow_item())
    found = classify(
        [
            Change("flow", "time", old, {**old, "description": "clearer"}),
            Change("authority", "money", None, {}),
        ]
    )
    assert found.reasons == [
        "R3: authority money: the system of record changes",
        "R0: flow time: words only",
    ]


def test_the_field_that_carries_a_currency_is_sensitive_too():
    assert sensitive_fields([document(sample.contract_version_item())]) == MONEY


def test_what_amounts_add_up_to_is_r3_where_it_changes():
    old = document(sample.contract_version_item())
    sums = [{"name": "parts", "of": "amount", "plus": ["parts[].amount"]}]
    new = document(sample.contract_version_item("1.1.0", sums=sums))
    found = classed("data_contract_version", old, new)
    assert (found.risk_class, found.money) == ("R3", True)
    assert "what its amounts add up to changes" in found.reasons[0]


def test_money_within_the_elements_of_a_list_is_seen():
    old = document(sample.mapping_item())
    inner = [{"to": "net", "from": "item.amount"}]
    new = deepcopy(old)
    new["effects"][0]["body"].append({"to": "lines", "each": "rows", "rules": inner})
    assert classed("mapping", old, new, sensitive=MONEY).risk_class == "R3"
