"""Documents made to hang or to fool end soon, without a promise."""

from functools import reduce
from time import perf_counter
from typing import Any

import pytest

from governance.compatibility.engine import BadDocument, Comparison, compare, load

JSON = dict[str, Any]


def judged(old: Any, new: Any) -> Comparison:
    return compare(load(old, "json-schema"), load(new, "json-schema"))


def doubling(keyword: str, leaf: JSON) -> JSON:
    """Forty schemas that each name the next one twice: 2^40 when unfolded."""
    parts: JSON = {
        f"a{i}": {keyword: [{"$ref": f"#/$defs/a{i + 1}"}, {"$ref": f"#/$defs/a{i + 1}"}]}
        for i in range(40)
    }
    return {"$ref": "#/$defs/a0", "$defs": {**parts, "a40": leaf}}


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_schemas_that_double_are_not_checked(keyword: str) -> None:
    result = judged(doubling(keyword, {"type": "string"}), doubling(keyword, {"type": "integer"}))
    assert result.verdict == "not_checked"


def test_a_schema_that_only_names_itself_is_not_checked() -> None:
    assert judged({"$ref": "#"}, {"allOf": [{"$ref": "#"}], "minimum": 1}).verdict == "not_checked"


def test_a_pattern_that_needs_backtracking_is_named() -> None:
    result = judged({"pattern": "^(?=a)"}, {"pattern": "^(?=b)"})
    assert result.verdict == "not_checked"
    assert "needs backtracking" in result.not_checked[0].message


def chain(keyword: str, size: int) -> JSON:
    """Schemas that name each other in a row: what overflows a prover's stack ends the process."""
    links = {
        "$ref": lambda name: name,
        "properties": lambda name: {"properties": {"a": name}},
        "allOf": lambda name: {"allOf": [name], "unevaluatedProperties": False},
    }
    parts = {f"a{i}": links[keyword]({"$ref": f"#/$defs/a{i + 1}"}) for i in range(size)}
    return {"$ref": "#/$defs/a0", "$defs": {**parts, f"a{size}": {"type": "string"}}}


@pytest.mark.parametrize("keyword", ["$ref", "properties", "allOf"])
def test_long_chains_of_references_end_soon(keyword: str) -> None:
    started = perf_counter()
    verdict = judged(chain(keyword, 4000), chain(keyword, 4001)).verdict
    assert verdict in ("not_checked", "incompatible")
    assert perf_counter() - started < 20


def test_demands_that_meet_in_themselves_come_to_an_end() -> None:
    old = {
        "items": {"$ref": "#"},
        "allOf": [{"items": {"$ref": "#/$defs/a"}}],
        "$defs": {"a": {"items": {"$ref": "#"}, "type": "array"}},
    }
    started = perf_counter()
    judged(old, {**old, "maxItems": 3})
    assert perf_counter() - started < 5


def linked(name: str, leaf: JSON, **words: Any) -> JSON:
    """A list of records, each naming the next."""
    record = {"properties": {"next": {"$ref": f"#/$defs/{name}"}, "v": leaf}, **words}
    return {"$ref": f"#/$defs/{name}", "$defs": {name: {"type": "object", **record}}}


NUMBER = {"type": "number"}


def test_schemas_that_refer_to_themselves_are_proven_part_by_part() -> None:
    whole = {"type": "integer"}
    same = judged(linked("a", NUMBER), linked("b", NUMBER))
    assert (same.verdict, same.findings, same.proven) == ("compatible", [], True)
    assert judged(linked("a", whole), linked("b", NUMBER)).verdict == "compatible"
    assert judged(linked("a", NUMBER), linked("b", whole)).verdict == "incompatible"
    closed = linked("a", NUMBER, additionalProperties=False)
    assert judged(linked("a", NUMBER), closed).verdict == "incompatible"


def test_conditions_in_another_order_say_the_same() -> None:
    inner, outer = {"allOf": [{"not": {}, "if": {}}]}, {"if": {}, "else": {}}
    assert judged({**inner, **outer}, {**outer, **inner}).findings == []


def test_flags_of_the_fourth_draft_are_no_numbers() -> None:
    draft = {"$schema": "http://json-schema.org/draft-04/schema#", "maximum": 5}
    assert judged(draft, {**draft, "exclusiveMaximum": True}).verdict == "incompatible"


def test_what_is_only_defined_costs_nothing() -> None:
    old = {"type": "string", "$defs": {"endless": {"$ref": "#/$defs/endless"}}}
    assert judged(old, {**old, "maxLength": 3}).verdict == "incompatible"


def test_a_pattern_beyond_the_budget_is_named() -> None:
    started = perf_counter()
    result = judged({"pattern": "\\d{1,3}" * 20_000}, {"pattern": "\\d{1,3}" * 20_000 + "a"})
    assert (result.verdict, perf_counter() - started < 5) == ("not_checked", True)


def test_a_component_that_everything_reaches_is_judged_once() -> None:
    def api(leaf: JSON) -> JSON:
        made = {"schema": {"$ref": "#/components/schemas/A"}}
        answer = {"200": {"description": "", "content": {"application/json": made}}}
        fields = {f"p{i}": leaf for i in range(200)}
        return {
            "openapi": "3.0.0",
            "info": {"title": "x", "version": "1"},
            "paths": {f"/a{i}": {"get": {"responses": answer}} for i in range(3000)},
            "components": {"schemas": {"A": {"type": "object", "properties": fields}}},
        }

    old, new = api({"$ref": "#/components/schemas/A"}), api({"type": "string"})
    result = compare(load(old, "openapi"), load(new, "openapi"))
    (first, *_) = [finding for finding in result.findings if finding.level == "breaking"]
    assert len(result.findings) < 500
    assert len(first.operations) == 3000


def test_nothing_is_fetched() -> None:
    result = judged({"$ref": "http://127.0.0.1:1/a"}, {"$ref": "http://127.0.0.1:1/b"})
    assert result.verdict == "not_checked"


def test_a_change_far_below_is_found_and_proven() -> None:
    def deep(leaf: JSON) -> Any:
        return reduce(lambda inner, _: {"properties": {"a": inner}}, range(90), leaf)

    (finding,) = judged(deep({"type": "string"}), deep({"type": "integer"})).findings
    assert finding.has_witness


def test_long_lists_of_values_are_compared() -> None:
    result = judged({"enum": list(range(9000))}, {"enum": list(range(1, 9001))})
    assert result.verdict == "incompatible"


def test_drafts_are_compared_across() -> None:
    old = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "items": [{"type": "string"}],
        "additionalItems": False,
    }
    new = {"prefixItems": [{"type": "string"}], "items": False}
    assert judged(old, new).verdict == "compatible"
    assert judged(old, {**new, "minItems": 1}).verdict == "incompatible"


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ({"type": "strin"}, "/type"),
        ({"properties": {"a": 1}}, "/properties/a"),
        ({"required": "a"}, "/required"),
        ([], ""),
    ],
)
def test_what_is_no_schema_is_refused(content: Any, pointer: str) -> None:
    with pytest.raises(BadDocument) as refusal:
        load(content, "json-schema")
    assert refusal.value.pointer == pointer


@pytest.mark.parametrize(
    ("edit", "pointer"),
    [
        ({"paths": []}, "/paths"),
        ({"paths": {"/a": {"get": {"parameters": {}}}}}, "/paths/~1a/get/parameters"),
        ({"components": {"schemas": {"A": {"type": 1}}}}, "/components/schemas/A/type"),
        ({"components": {"schemas": {"A": []}}}, "/components/schemas/A"),
        ({"info": {"title": "x"}}, "/info"),
    ],
)
def test_what_is_no_specification_is_refused(edit: JSON, pointer: str) -> None:
    document = {"openapi": "3.0.0", "info": {"title": "x", "version": "1"}, "paths": {}}
    with pytest.raises(BadDocument) as refusal:
        load({**document, **edit}, "openapi")
    assert refusal.value.pointer == pointer
