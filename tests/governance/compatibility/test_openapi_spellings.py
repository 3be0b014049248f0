"""Changes of an API that hide in another spelling, and fingerprints that survive one."""

from typing import Any

import pytest
from api_documents import JSON, TEXT, document, found, judged, record


def test_fingerprints_survive_another_order() -> None:
    def side(limit: int) -> JSON:
        names = ("a", "b", "c")
        parameters = [
            {"name": name, "in": "query", "schema": {"type": "integer", "maximum": limit}}
            for name in names
        ]
        kinds = [{"title": name, **record(**{name: {"maxLength": limit}})} for name in names]
        return document(request={"oneOf": kinds}, parameters=parameters)

    old, new, turned = side(9), side(5), side(5)
    operation = turned["paths"]["/entries"]["post"]
    operation["parameters"].insert(0, {"name": "z", "in": "query", "schema": TEXT})
    operation["parameters"].reverse()
    operation["requestBody"]["content"]["application/json"]["schema"]["oneOf"].reverse()
    prints = [
        {f.fingerprint for f in judged(old, side_).findings if f.level == "breaking"}
        for side_ in (new, turned)
    ]
    assert len(prints[0]) == 6
    assert prints[0] == prints[1]


def queried(**words: Any) -> list[JSON]:
    return [{"name": "q", "in": "query", **words}]


def answered(**responses: JSON) -> JSON:
    made = document()
    made["paths"]["/entries"]["post"]["responses"] = {
        status.removeprefix("s"): {"description": "", **part} for status, part in responses.items()
    }
    return made


def taken(media: str) -> JSON:
    made = document(request=record(a=TEXT))
    body = made["paths"]["/entries"]["post"]["requestBody"]
    body["content"] = {media: body["content"]["application/json"]}
    return made


def headed(**words: Any) -> JSON:
    return answered(s200={"headers": {"X-Page": {"required": True, **words}}})


def called(expressions: JSON) -> JSON:
    made = document()
    made["paths"]["/entries"]["post"]["callbacks"] = {"done": expressions}
    return made


JSON_TEXT = {"content": {"application/json": {"schema": TEXT}}}
HOOK = {"post": {"responses": {}}}
WIDE = {"content": {"application/json": {"schema": record(a=TEXT)}}}
CHANGED = {
    "an exclusive border where an inclusive one stood": (
        document(request=record(a={"type": "number", "maximum": 10})),
        document(request=record(a={"type": "number", "exclusiveMaximum": 10}), version="3.1.0"),
        "request-property-exclusive-max-decreased",
        "incompatible",
    ),
    "the same border of whole numbers in other words": (
        document(request=record(a={"type": "integer", "minimum": 1})),
        document(request=record(a={"type": "integer", "exclusiveMinimum": 0}), version="3.1.0"),
        "",
        "compatible",
    ),
    "a parameter that moves into a medium": (
        document(parameters=queried(schema=TEXT)),
        document(parameters=queried(**JSON_TEXT)),
        "request-parameter-style-changed",
        "incompatible",
    ),
    "a header that moves into a medium": (
        headed(schema=TEXT),
        headed(**JSON_TEXT),
        "response-header-style-changed",
        "incompatible",
    ),
    "another content of a header": (
        headed(**JSON_TEXT),
        headed(content={"application/json": {"schema": {"type": "object"}}}),
        "response-header-type-changed",
        "incompatible",
    ),
    "a wider medium of the request": (
        taken("application/json"),
        taken("application/*"),
        "request-body-media-type-added",
        "compatible",
    ),
    "a narrower medium of the request": (
        taken("application/*"),
        taken("application/json"),
        "request-body-media-type-removed",
        "incompatible",
    ),
    "a range of statuses comes down to one": (
        answered(s2XX=WIDE),
        answered(s200=WIDE),
        "",
        "compatible",
    ),
    "a range of statuses comes down to one with another body": (
        answered(s2XX=WIDE),
        answered(s200={"content": {"application/json": {"schema": TEXT}}}),
        "response-body-type-changed",
        "incompatible",
    ),
    "a callback is made to no address any more": (
        called({"{$request.body#/a}": HOOK, "{$request.body#/b}": HOOK}),
        called({"{$request.body#/a}": HOOK}),
        "callback-removed",
        "compatible",
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "rule", "verdict"), list(CHANGED.values()), ids=list(CHANGED)
)
def test_changes_that_hide_in_another_spelling(
    old: JSON, new: JSON, rule: str, verdict: str
) -> None:
    rules = {name for name, _ in found(old, new)}
    assert judged(old, new).verdict == verdict
    assert rule in rules if rule else not rules


def test_alternatives_in_another_order_are_matched_in_any_number() -> None:
    kinds = [record(**{name: TEXT}) for name in ("a", "b")]
    names = [f"K{i}" for i in range(400)]
    fields = record(**{name: {"$ref": f"#/components/schemas/{name}"} for name in names})
    old, new = (
        document(response=fields, schemas={name: {"anyOf": order} for name in names})
        for order in (kinds, kinds[::-1])
    )
    result = judged(old, new)
    assert (result.verdict, result.findings, result.not_checked) == ("compatible", [], [])
