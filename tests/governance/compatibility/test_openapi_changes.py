"""What breaks clients of an API and what does not, in small documents."""

from typing import Any

import pytest
from api_documents import JSON, TEXT, document, found, judged, record

from governance.compatibility.engine import Policy

ENUM = {"type": "string", "enum": ["a", "b"]}
NAMED = {"$ref": "#/components/schemas/Kind"}

SAME_MEANING = {
    "a property moved into an allOf member": (
        {**record(a=TEXT, b=TEXT), "required": ["a"]},
        {"allOf": [{**record(a=TEXT), "required": ["a"]}, record(b=TEXT)]},
    ),
    "a schema moved into components": (record(kind=ENUM), record(kind=NAMED)),
    "an inline enum became a reference in anyOf": (
        record(kind=ENUM),
        record(kind={"anyOf": [NAMED]}),
    ),
    "a nullable enum became oneOf null and reference": (
        record(kind={"type": ["string", "null"], "enum": ["a", "b", None]}),
        record(kind={"oneOf": [{"type": "null"}, NAMED]}),
    ),
    "the order of everything": (
        {**record(a=TEXT, kind=ENUM), "required": ["a", "kind"]},
        {"required": ["kind", "a"], **record(kind={"enum": ["b", "a"], "type": "string"}, a=TEXT)},
    ),
    "constants in oneOf are an enum": (
        record(kind=ENUM),
        record(kind={"oneOf": [{"type": "string", "const": v} for v in ("a", "b")]}),
    ),
    "descriptions and examples": (
        record(a=TEXT),
        record(a={**TEXT, "description": "more", "example": "x"}),
    ),
    "branches in another order": (
        {"oneOf": [record(a=TEXT), record(b=TEXT)]},
        {"oneOf": [record(b=TEXT), record(a=TEXT)]},
    ),
}


@pytest.mark.parametrize("name", SAME_MEANING)
def test_the_same_meaning_in_another_shape_gives_no_finding(name: str) -> None:
    old, new = SAME_MEANING[name]
    for before, after in ((old, new), (new, old)):
        sides = [
            document(side, side, version="3.1.0", schemas={"Kind": ENUM})
            for side in (before, after)
        ]
        assert judged(*sides).findings == []


def test_nullable_in_3_0_is_a_null_type_in_3_1() -> None:
    old = document(record(a={**TEXT, "nullable": True}), record(a={**TEXT, "nullable": True}))
    new = document(
        record(a={"type": ["string", "null"]}),
        record(a={"type": ["null", "string"]}),
        version="3.1.0",
    )
    assert judged(old, new).findings == []


def test_boolean_borders_in_3_0_are_numbers_in_3_1() -> None:
    old = document(record(a={"type": "integer", "minimum": 1, "exclusiveMinimum": True}))
    new = document(record(a={"type": "integer", "exclusiveMinimum": 1}), version="3.1.0")
    assert judged(old, new).findings == []


REQUESTS = [
    (record(a=TEXT), record(a={"type": "integer"}), "request-property-type-changed", "breaking"),
    (record(a={"type": "integer"}), record(a={"type": "number"}),
     "request-property-type-generalized", "safe"),
    (record(a=ENUM), record(a={**ENUM, "enum": ["a"]}),
     "request-property-enum-value-removed", "breaking"),
    (record(a=ENUM), record(a={**ENUM, "enum": ["a", "b", "c"]}),
     "request-property-enum-value-added", "safe"),
    (record(a=TEXT), {**record(a=TEXT), "required": ["a"]},
     "request-property-became-required", "breaking"),
    (record(), {**record(a={**TEXT, "default": "x"}), "required": ["a"]},
     "new-required-request-property-with-default", "breaking"),
    (record(), record(a=TEXT), "new-optional-request-property", "safe"),
    (record(a=TEXT), record(), "request-property-removed", "risky"),
    (record(a=TEXT), {**record(), "additionalProperties": False},
     "request-property-removed-from-closed", "breaking"),
    (record(a=TEXT), record(a={**TEXT, "maxLength": 5}),
     "request-property-max-length-set", "risky"),
    ({"type": "array", "items": TEXT}, record(), "request-body-type-changed", "breaking"),
    ({"oneOf": [record(a=TEXT), ENUM]}, {"oneOf": [record(a=TEXT)]},
     "request-body-one-of-removed", "breaking"),
]  # fmt: skip
RESPONSES = [
    (record(a=TEXT), record(a={"type": "integer"}), "response-property-type-changed", "breaking"),
    ({**record(a=TEXT), "required": ["a"]}, record(a=TEXT),
     "response-property-became-optional", "breaking"),
    ({**record(a=TEXT), "required": ["a"]}, record(),
     "response-required-property-removed", "breaking"),
    (record(a=TEXT), record(), "response-optional-property-removed", "risky"),
    (record(), record(a=TEXT), "response-optional-property-added", "safe"),
    (record(a=ENUM), record(a={**ENUM, "enum": ["a", "b", "c"]}),
     "response-property-enum-value-added", "risky"),
    (record(a=TEXT), record(a={**TEXT, "nullable": True}),
     "response-property-became-nullable", "breaking"),
    ({"oneOf": [record(a=TEXT), record(b=TEXT)]},
     {"oneOf": [record(a=TEXT), record(b=TEXT), record(c=TEXT)]},
     "response-body-one-of-added", "breaking"),
    ({"type": "array", "items": TEXT}, record(), "response-body-type-changed", "breaking"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "rule", "level"), REQUESTS)
def test_what_is_sent_may_be_loosened(old: JSON, new: JSON, rule: str, level: str) -> None:
    assert (rule, level) in found(document(request=old), document(request=new))


@pytest.mark.parametrize(("old", "new", "rule", "level"), RESPONSES)
def test_what_is_received_may_be_tightened(old: JSON, new: JSON, rule: str, level: str) -> None:
    assert (rule, level) in found(document(response=old), document(response=new))


def parameter(name: str, place: str = "query", **words: Any) -> JSON:
    return {"name": name, "in": place, "schema": TEXT, **words}


def test_a_renamed_path_parameter_is_the_same_path() -> None:
    old = document(path="/a/{id}", parameters=[parameter("id", "path", required=True)])
    new = document(path="/a/{key}", parameters=[parameter("key", "path", required=True)])
    assert judged(old, new).findings == []


@pytest.mark.parametrize(
    ("old", "new", "rule", "level"),
    [
        ([], [parameter("a", required=True)], "new-required-request-parameter", "breaking"),
        ([], [parameter("a")], "new-optional-request-parameter", "safe"),
        ([parameter("a")], [], "request-parameter-removed", "risky"),
        ([parameter("a")], [parameter("a", required=True)],
         "request-parameter-became-required", "breaking"),
        ([parameter("a", schema={"type": "array", "items": TEXT})],
         [parameter("a", schema={"type": "array", "items": TEXT}, explode=False)],
         "request-parameter-style-changed", "breaking"),
        ([parameter("X-Key", "header")], [parameter("x-key", "header", required=True)],
         "request-parameter-became-required", "breaking"),
    ],
)  # fmt: skip
def test_parameters(old: list[JSON], new: list[JSON], rule: str, level: str) -> None:
    assert found(document(parameters=old), document(parameters=new)) == {(rule, level)}


def test_a_component_change_is_one_finding_with_all_its_operations() -> None:
    def many(kind: JSON) -> JSON:
        made = document(schemas={"Kind": kind})
        for number in range(20):
            made["paths"][f"/p{number}"] = document(record(kind=NAMED))["paths"]["/entries"]
        return made

    comparison = judged(many(ENUM), many({**ENUM, "enum": ["a"]}))
    (finding,) = [f for f in comparison.findings if f.level == "breaking"]
    assert finding.new_pointer == "/components/schemas/Kind/enum"
    assert len(finding.operations) == 20


def test_cyclic_schemas_are_compared() -> None:
    def node(kind: JSON) -> JSON:
        reference = {"$ref": "#/components/schemas/Node"}
        schemas = {"Node": record(value=kind, left=reference, right=reference)}
        return document(response=reference, schemas=schemas)

    assert found(node(TEXT), node({"type": "integer"})) == {
        ("response-property-type-changed", "breaking")
    }


def test_a_reference_to_elsewhere_is_not_checked() -> None:
    old = document(record(a={"$ref": "https://else.example/a.json"}))
    new = document(record(a={"$ref": "https://else.example/b.json"}))
    comparison = judged(old, new)
    assert comparison.verdict == "not_checked"
    assert {place.pointer for place in comparison.not_checked} == {
        "/paths/~1entries/post/requestBody/content/application~1json/schema/properties/a"
    }


def test_callbacks_and_webhooks_are_judged_the_other_way_round() -> None:
    def called(body: JSON) -> JSON:
        operation = document(request=body)["paths"]["/entries"]
        return document(version="3.1.0", extra={"webhooks": {"made": operation}})

    old = called({**record(a=TEXT), "required": ["a"]})
    assert found(old, called(record(a=TEXT))) == {("response-property-became-optional", "breaking")}


def test_only_experimental_operations_may_break() -> None:
    old, new = document(request=record(a=TEXT)), document(request=record(a={"type": "integer"}))
    old["paths"]["/entries"]["post"]["x-stability-level"] = "alpha"
    new["paths"]["/entries"]["post"]["x-stability-level"] = "alpha"
    assert judged(old, new).verdict == "compatible"


def test_swagger_2_is_lifted_and_places_are_those_written() -> None:
    def old_style(kind: str) -> JSON:
        body = {"in": "body", "name": "b", "schema": {"$ref": "#/definitions/Entry"}}
        return {
            "swagger": "2.0",
            "info": {"title": "Time", "version": "1"},
            "paths": {"/a": {"post": {"parameters": [body], "responses": {}}}},
            "definitions": {"Entry": record(a={"type": kind})},
        }

    (finding,) = [
        f
        for f in judged(old_style("string"), old_style("integer")).findings
        if f.level == "breaking"
    ]
    assert finding.rule == "request-property-type-changed"
    assert finding.new_pointer == "/definitions/Entry/properties/a/type"


@pytest.mark.parametrize(
    ("keyword", "old", "new"),
    [
        ("x-unit", "HUR", "DAY"),
        ("x-currency", "EUR", "USD"),
        ("x-taxBasis", "net", "gross"),
        ("x-sign", "credit-positive", "debit-positive"),
        ("x-rounding", "HALF_UP", "HALF_EVEN"),
        ("x-date-basis", "work date", "posting date"),
        ("x-time_zone", "UTC", "Europe/Berlin"),
        ("x-status-map", {"A": "approved"}, {"A": "rejected"}),
    ],
)
def test_a_changed_meaning_breaks_although_the_shape_is_the_same(
    keyword: str, old: Any, new: Any
) -> None:
    sides = [document(response=record(a={**TEXT, keyword: value})) for value in (old, new)]
    comparison = judged(*sides)
    assert comparison.verdict == "incompatible"
    assert comparison.findings[0].rule.endswith("-changed")


def test_a_new_row_of_a_status_map_changes_no_meaning() -> None:
    sides = [
        document(response=record(a={**TEXT, "x-status-map": value}))
        for value in ({"A": "approved"}, {"A": "approved", "B": "billed"})
    ]
    assert judged(*sides).verdict == "compatible"


def test_policies_are_data() -> None:
    old = document(response=record(kind=ENUM))
    new = document(response=record(kind={**ENUM, "enum": ["a", "b", "c"]}))
    assert judged(old, new).verdict == "compatible"
    assert judged(old, new, Policy(open_enums=False)).verdict == "incompatible"
    (finding,) = judged(old, new).findings
    waived = Policy(open_enums=False, waivers={finding.fingerprint: "agreed", "gone": "old"})
    assert judged(old, new, waived).verdict == "compatible"
    assert judged(old, new, waived).waivers_unused == ["gone"]


def test_known_uses_come_first() -> None:
    old = document(response=record(amount=TEXT, code=TEXT))
    number = {"type": "integer"}
    new = document(response=record(amount=number, code=number))
    first, second, *_ = judged(old, new, Policy(uses=frozenset({"invoice.code"}))).findings
    assert (first.reaches, first.new_pointer.split("/")[-2]) == (True, "code")
    assert (second.reaches, second.new_pointer.split("/")[-2]) == (False, "amount")


def test_fingerprints_survive_edits_elsewhere() -> None:
    old, new = document(request=record(a=TEXT)), document(request=record(a={"type": "integer"}))
    before = {f.fingerprint for f in judged(old, new).findings if f.level == "breaking"}
    for side in (old, new):
        side["paths"]["/else"] = {"get": {"responses": {}}}
        side["info"]["description"] = "more"
    after = {f.fingerprint for f in judged(old, new).findings if f.level == "breaking"}
    assert before == after
