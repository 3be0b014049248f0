"""Compiled mappings: places, value maps, cross-references, required and default."""

from __future__ import annotations

from decimal import Decimal

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.agreements.mapping import (
    CROSSREF,
    MappingError,
    compile_effect,
    compile_expression,
    compile_read,
    compile_rules,
)

MAPS = {"tax": {"rows": {"GB-S20": "V20"}}}


def test_fields_are_placed_in_records_and_lists():
    build = compile_rules(
        [
            {"to": "customer.name", "from": "party.name"},
            {"to": "lines[0].amount", "from": "amount", "transforms": [{"name": "decimal"}]},
            {"to": "lines[1].amount", "constant": "0.00"},
            {"to": "lines[0].tax", "from": "tax", "value_map": "tax"},
        ],
        MAPS,
    )
    record = {"party": {"name": "ACME"}, "amount": "12.50", "tax": "GB-S20"}
    assert build(record) == {
        "customer": {"name": "ACME"},
        "lines": [{"amount": Decimal("12.50"), "tax": "V20"}, {"amount": "0.00"}],
    }


def test_missing_values_are_left_out_defaulted_or_refused():
    rules = [{"to": "a", "from": "x"}, {"to": "b", "from": "y", "default": "none"}]
    assert compile_rules(rules, {})({}) == {"b": "none"}
    required = compile_rules([{"to": "c", "from": "z", "required": True}], {})
    with pytest.raises(MappingError) as refused:
        required({})
    assert refused.value.pointer == "c"


def test_a_missing_row_names_the_value_map_and_the_value():
    build = compile_rules([{"to": "tax", "from": "tax", "value_map": "tax"}], MAPS)
    with pytest.raises(MappingError) as refused:
        build({"tax": "GB-S20-FS"})
    assert (refused.value.value_map, refused.value.value) == ("tax", "GB-S20-FS")


def test_a_cross_reference_stays_open_until_delivery():
    build = compile_rules(
        [{"to": "customer", "crossref": {"entity": "customer", "key": "customer_id"}}], {}
    )
    assert build({"customer_id": 7}) == {
        "customer": {CROSSREF: {"entity": "customer", "key": "7", "system": ""}}
    }
    assert build({}) == {}


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ({"to": "a", "from": "foo["}, "a"),
        ({"to": "a", "from": "x", "constant": 1}, "a"),
        ({"to": "a"}, "a"),
        ({"to": "[0].a", "from": "x"}, "[0].a"),
        ({"to": "a..b", "from": "x"}, "a..b"),
        ({"to": "a", "from": "x", "value_map": "nope"}, "a"),
        ({"to": "a", "from": "x", "transforms": [{"name": "nope"}]}, "a"),
    ],
)
def test_unusable_rules_are_refused_when_compiled(rule, pointer):
    with pytest.raises(MappingError) as refused:
        compile_rules([rule], MAPS)
    assert refused.value.pointer == pointer


def test_a_mapping_without_a_canonical_id_is_refused():
    with pytest.raises(MappingError, match="canonical id"):
        compile_read({"rules": [{"to": "name", "from": "name"}]}, {})


def test_an_effect_defaults_its_reference_and_saved_key_to_the_business_key():
    effect = compile_effect(
        {"kind": "create", "object": "item", "business_key": "number", "revision": "once"}, {}
    )
    record = {"number": "INV-1"}
    assert (effect.business_key(record), effect.reference(record), effect.saves_key(record)) == (
        "INV-1",
        "INV-1",
        "INV-1",
    )
    assert effect.once


NAMES = st.sampled_from(["a", "b", "c"])
RECORDS = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.dictionaries(NAMES, inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=8,
)


@given(st.lists(NAMES, min_size=1, max_size=3), RECORDS)
def test_the_short_cut_for_plain_paths_says_what_jmespath_says(steps, record):
    path = ".".join(steps)
    assert compile_expression(path)(record) == jmespath.search(path, record)


def test_what_an_effect_needs_first_may_be_a_list():
    effect = compile_effect(
        {"kind": "invoice", "object": "invoice", "needs": [{"entity": "time", "key": "lines"}]}, {}
    )
    assert effect.needs({"lines": [1, 2]}) == [
        {CROSSREF: {"entity": "time", "key": "1", "system": ""}},
        {CROSSREF: {"entity": "time", "key": "2", "system": ""}},
    ]
    assert effect.needs({}) == []


LINES = {
    "to": "lines",
    "each": "rows[?net]",
    "rules": [
        {"to": "no", "from": "item.no", "required": True},
        {"to": "tax", "from": "item.code", "value_map": "tax"},
        {"to": "amount", "from": "item.net", "transforms": [{"name": "from_minor_units"}]},
        {"to": "number", "from": "number"},
        {"to": "sources", "each": "item.sources", "rules": [{"to": "id", "from": "item.id"}]},
    ],
}


def test_each_element_of_a_list_is_read_with_the_record_around_it():
    rows = [
        {"no": 1, "net": 1250, "code": "GB-S20", "sources": [{"id": "T-1"}, {"id": "T-2"}]},
        {"no": 2, "net": None},
        {"no": 3, "net": 5, "code": "GB-S20"},
    ]
    assert compile_rules([LINES], MAPS)({"number": "INV-1", "rows": rows}) == {
        "lines": [
            {
                "no": 1,
                "tax": "V20",
                "amount": Decimal("12.50"),
                "number": "INV-1",
                "sources": [{"id": "T-1"}, {"id": "T-2"}],
            },
            {"no": 3, "tax": "V20", "amount": Decimal("0.05"), "number": "INV-1"},
        ]
    }


def test_a_list_that_is_not_there_is_left_out_and_may_be_required():
    assert compile_rules([LINES], MAPS)({"number": "INV-1"}) == {}
    with pytest.raises(MappingError, match="lines has no value"):
        compile_rules([{**LINES, "required": True}], MAPS)({"number": "INV-1"})


def test_a_missing_row_within_a_list_tells_the_element_and_the_map():
    with pytest.raises(MappingError, match="no row for 'S-FS20'") as found:
        compile_rules([LINES], MAPS)({"rows": [{"no": 1, "net": 1, "code": "S-FS20"}]})
    assert found.value.pointer == "lines[0].tax"
    assert (found.value.value_map, found.value.value) == ("tax", "S-FS20")


def test_what_is_no_list_is_refused_and_each_stands_alone():
    with pytest.raises(MappingError, match="lines needs a list"):
        compile_rules([{**LINES, "each": "rows"}], MAPS)({"rows": {"no": 1}})
    with pytest.raises(MappingError, match="another origin"):
        compile_rules([{**LINES, "from": "rows"}], MAPS)
    with pytest.raises(MappingError, match="is no JMESPath"):
        compile_rules([{**LINES, "rules": [{"to": "a", "from": "b["}]}], MAPS)


def test_cross_references_within_a_list_are_marked_for_delivery():
    rule = {"to": "of", "crossref": {"entity": "customer", "key": "item.customer"}}
    built = compile_rules([{"to": "lines", "each": "rows", "rules": [rule]}], {})(
        {"rows": [{"customer": "C-1"}]}
    )
    assert built["lines"][0]["of"][CROSSREF]["key"] == "C-1"
