"""Random JSON Schemas, random edits of them, and the claims that must hold for every pair."""

import copy
from typing import Any

import jsonschema
from hypothesis import strategies as st

from governance.compatibility.engine import compare, load

NAMES = ("a", "b", "c")
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 6),
    st.sampled_from([0.5, 1.5, 2.0, -0.5]),
    st.sampled_from(["", "a", "b", "ab", "aaa", "2020-01-01"]),
)
INSTANCES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from((*NAMES, "d")), inner, max_size=4)
    ),
    max_leaves=6,
)
SIZES = st.integers(0, 3)
PATTERNS = st.sampled_from(["^a", "b$", "^[ab]+$", "a{2}"])


def _words(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=choices)


NUMERIC = _words(
    minimum=st.integers(-2, 3),
    maximum=st.integers(0, 5),
    exclusiveMinimum=st.integers(-2, 3),
    exclusiveMaximum=st.integers(0, 5),
    multipleOf=st.sampled_from([1, 2, 3, 0.5]),
)
TEXTUAL = _words(minLength=SIZES, maxLength=SIZES, pattern=PATTERNS)
PLAIN = st.one_of(
    st.just({}),
    st.booleans(),
    st.builds(lambda value: {"const": value}, SCALARS),
    st.builds(lambda values: {"enum": values}, st.lists(SCALARS, min_size=1, max_size=3)),
    st.builds(lambda words: {"type": "integer", **words}, NUMERIC),
    st.builds(lambda words: {"type": "number", **words}, NUMERIC),
    st.builds(lambda words: {"type": "string", **words}, TEXTUAL),
    st.builds(
        lambda kinds: {"type": kinds},
        st.lists(
            st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"]),
            min_size=1,
            max_size=3,
            unique=True,
        ),
    ),
    st.builds(lambda left, right: {**left, **right}, NUMERIC, TEXTUAL),
)


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    many = st.lists(inner, min_size=1, max_size=3)
    named = st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    record = _words(
        type=st.just("object"),
        properties=named,
        required=st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
        additionalProperties=inner,
        patternProperties=st.dictionaries(PATTERNS, inner, max_size=2),
        propertyNames=inner,
        minProperties=SIZES,
        maxProperties=SIZES,
        dependentRequired=st.dictionaries(
            st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=2, unique=True)
        ),
        dependentSchemas=named,
        unevaluatedProperties=inner,
    )
    listed = _words(
        type=st.just("array"),
        items=inner,
        prefixItems=many,
        contains=inner,
        minContains=SIZES,
        maxContains=SIZES,
        minItems=SIZES,
        maxItems=SIZES,
        uniqueItems=st.booleans(),
        unevaluatedItems=inner,
    )
    mixed = {"anyOf": many, "oneOf": many, "allOf": many, "not": inner, "if": inner, "then": inner}
    combined = _words(**mixed, **{"else": inner})
    return st.one_of(record, listed, combined)


SCHEMAS = st.recursive(PLAIN, _grown, max_leaves=6)


@st.composite
def referenced(draw: st.DrawFn) -> Any:
    """A schema whose parts refer to each other, and to itself."""
    parts = draw(st.dictionaries(st.sampled_from(NAMES), SCHEMAS, min_size=1, max_size=2))
    name = draw(st.sampled_from(sorted(parts)))
    top = draw(SCHEMAS)
    if not isinstance(top, dict):
        top = {}
    spots: dict[str, Any] = {
        "items": {"$ref": f"#/$defs/{name}"},
        "properties": {"a": {"$ref": draw(st.sampled_from([f"#/$defs/{name}", "#"]))}},
        "anyOf": [{"$ref": f"#/$defs/{name}"}, draw(PLAIN)],
    }
    key = draw(st.sampled_from(sorted(spots)))
    return {**top, key: spots[key], "$defs": parts}


ANY_SCHEMA = st.one_of(SCHEMAS, referenced())


def places(schema: Any) -> list[tuple[Any, Any]]:
    """Containers and keys inside a schema, for edits."""
    found: list[tuple[Any, Any]] = []
    stack = [schema]
    while stack:
        node = stack.pop()
        keys: Any = list(node) if isinstance(node, dict) else range(len(node))
        for key in keys:
            found.append((node, key))
            if isinstance(node[key], dict | list) and node[key]:
                stack.append(node[key])
    return found


@st.composite
def edited(draw: st.DrawFn, schema: Any) -> Any:
    """The schema with one thing dropped, added or replaced."""
    made = copy.deepcopy(schema)
    spots = places(made) if isinstance(made, dict | list) else []
    if not spots or draw(st.booleans()):
        extra = draw(SCHEMAS)
        return {**made, **extra} if isinstance(made, dict) and isinstance(extra, dict) else extra
    node, key = draw(st.sampled_from(spots))
    if isinstance(node, dict) and draw(st.booleans()):
        del node[key]
    elif isinstance(node[key], int) and not isinstance(node[key], bool):
        node[key] = max(node[key] + draw(st.sampled_from([-1, 1])), 0)
    elif isinstance(node[key], dict | bool):
        node[key] = draw(SCHEMAS)
    return made


def valid(schema: Any) -> bool:
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError:
        return False
    return True


def judge(old: Any, new: Any, mode: str = "backward") -> Any:
    return compare(load(old, "json-schema"), load(new, "json-schema"), mode=mode)


def accepts(schema: Any, instance: Any) -> bool:
    """What another implementation says."""
    return bool(jsonschema.Draft202012Validator(schema).is_valid(instance))


def claims_hold(old: Any, new: Any, instances: list[Any]) -> str:
    """The verdict, after every claim of the engine was held against another implementation."""
    result = judge(old, new)
    if result.verdict == "compatible":
        for instance in instances:
            refused = accepts(old, instance) and not accepts(new, instance)
            assert not refused, f"called compatible, but {instance!r} is refused now"
    for finding in result.findings:
        if finding.has_witness:
            assert accepts(old, finding.witness), "the witness was never valid"
            assert not accepts(new, finding.witness), "the witness is still valid"
    if result.verdict == "incompatible":
        assert any(finding.level == "breaking" for finding in result.findings)
    return str(result.verdict)


def _split(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    """Some keywords move into an allOf member."""
    movable = sorted(schema.keys() - LINKED - {"allOf"})
    moved = draw(st.sets(st.sampled_from(movable))) if movable else set()
    if not moved or schema.keys() & LINKED:
        return schema
    rest = {key: value for key, value in schema.items() if key not in moved}
    member = {key: schema[key] for key in moved}
    return {**rest, "allOf": [*rest.get("allOf", []), member]}


LINKED = {"additionalProperties", "patternProperties", "unevaluatedProperties", "unevaluatedItems",
          "items", "prefixItems", "contains", "minContains", "maxContains", "if", "then", "else",
          "properties"}  # fmt: skip
"""Keywords that look at their neighbours."""


def _wrapped(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    if schema.keys() & {"unevaluatedProperties", "unevaluatedItems"}:
        return schema
    return {draw(st.sampled_from(["allOf", "anyOf", "oneOf"])): [schema]}


def _turned(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    """The same in another order."""
    made = dict(reversed(schema.items()))
    for key in ("type", "required", "enum", "anyOf", "oneOf"):
        if isinstance(made.get(key), list):
            made[key] = made[key][::-1]
    return made


def _nullable(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    """`type: [X, null]` as a choice."""
    kinds = schema.get("type")
    if not isinstance(kinds, list) or "null" not in kinds or len(kinds) != 2 or len(schema) > 1:
        return schema
    other = next(kind for kind in kinds if kind != "null")
    return {draw(st.sampled_from(["anyOf", "oneOf"])): [{"type": "null"}, {"type": other}]}


REWRITES = (_split, _wrapped, _turned, _nullable)


@st.composite
def rewritten(draw: st.DrawFn, schema: Any) -> Any:
    """Another spelling of the same schema."""
    if not isinstance(schema, dict):
        return schema
    made = copy.deepcopy(schema)
    for rewrite in draw(st.lists(st.sampled_from(REWRITES), max_size=3)):
        made = rewrite(draw, made)
    properties = made.get("properties")
    if isinstance(properties, dict):
        made["properties"] = {name: draw(rewritten(part)) for name, part in properties.items()}
    return made


def specification(schema: Any, way: str) -> dict[str, Any]:
    """An API with the schema as its one request or response."""
    operation: dict[str, Any] = {"responses": {"200": {"description": "fine"}}}
    content = {"content": {"application/json": {"schema": schema}}}
    if way == "request":
        operation["requestBody"] = content
    else:
        operation["responses"]["200"].update(content)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Random", "version": "1"},
        "paths": {"/a": {"post": operation}},
    }


LIVED_WITH = ("new-optional", "additional-properties-opened", "-pattern-")
"""What practice lives with although it is no containment."""


def api_claims_hold(old: Any, new: Any, way: str) -> None:
    """An API called compatible without reservation has no payload against it.

    A described property where any was welcome is a reservation that practice lives with.
    """
    result = compare(load(specification(old, way)), load(specification(new, way)))
    grave = any(
        finding.level in ("breaking", "risky") or any(word in finding.rule for word in LIVED_WITH)
        for finding in result.findings
    )
    before, after = (old, new) if way == "request" else (new, old)
    for finding in result.findings:
        if finding.has_witness and finding.new_pointer.endswith("/schema"):
            assert accepts(before, finding.witness)
            assert not accepts(after, finding.witness)
    if result.verdict == "compatible" and not grave:
        assert judge(before, after).verdict != "incompatible"
