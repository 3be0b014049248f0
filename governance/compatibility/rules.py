"""The rule table: what a finding is called, how grave it is, and what it says.

Rules about schemas are a product of *events* (what changed) and *places* (where the schema stands);
rules about the API itself stand in a list of their own. Names follow oasdiff where it has one.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from governance.compatibility.schema_events import EVENTS, MEANINGS, Effect


class Level(StrEnum):
    BREAKING = "breaking"
    RISKY = "risky"
    SAFE = "safe"
    INFO = "info"


class Direction(StrEnum):
    REQUEST = "request"
    RESPONSE = "response"
    BOTH = "both"
    BACKWARD = "backward"
    FORWARD = "forward"


@dataclass(frozen=True)
class Rule:
    """One row: `message` takes `{name}`, `{old}` and `{new}`."""

    id: str
    level: Level
    direction: Direction
    area: str
    kind: str
    action: str
    message: str


@dataclass(frozen=True)
class Place:
    """Where a schema stands: the first words of its rules, and the words of what is inside it."""

    prefix: str
    inner: str
    direction: Direction
    words: str
    strict: bool = False
    """Judge by containment alone: every narrowing is breaking."""
    contract: bool = False
    """A field of a data contract: its promises are kept to the letter."""


PLACES = {
    place.prefix: place
    for place in (
        Place("request-body", "request-property", Direction.REQUEST, "the request body"),
        Place("request-property", "request-property", Direction.REQUEST, "the request property"),
        Place(
            "request-parameter", "request-parameter-property", Direction.REQUEST, "the parameter"
        ),
        Place(
            "request-parameter-property",
            "request-parameter-property",
            Direction.REQUEST,
            "the parameter's property",
        ),
        Place(
            "request-header-property",
            "request-header-property",
            Direction.REQUEST,
            "the header's property",
        ),
        Place("response-body", "response-property", Direction.RESPONSE, "the response body"),
        Place(
            "response-property", "response-property", Direction.RESPONSE, "the response property"
        ),
        Place("response-header", "response-property", Direction.RESPONSE, "the response header"),
        Place("field", "field", Direction.RESPONSE, "the field", contract=True),
        Place("input-field", "input-field", Direction.REQUEST, "the field", contract=True),
        Place("schema", "schema", Direction.BACKWARD, "the schema", strict=True),
        Place("reader", "reader", Direction.FORWARD, "the schema, read backwards,", strict=True),
    )
}
PLACES["request-header"] = replace(PLACES["request-parameter"], inner="request-header-property")
"""A header is a parameter; what is inside it has names of its own."""
RENAMED = {
    "response-body-enum-value-removed": "response-mediatype-enum-value-removed",
}
"""Names that do not follow the pattern."""
GUARDED = {
    "request": {
        "enum-value-removed",
        "max-decreased",
        "exclusive-max-decreased",
        "max-length-decreased",
        "min-increased",
        "exclusive-min-increased",
    },
    "response": {
        "enum-value-added",
        "became-optional",
        "became-required",
    },
}
"""Events with a name of their own where the value never travels that way, as readOnly ones do."""

EVENTS_OF_MEANING = tuple(MEANINGS)
R, B, S, N = Level.RISKY, Level.BREAKING, Level.SAFE, Level.INFO
BY_EFFECT = {
    (Direction.REQUEST, Effect.NARROW): B,
    (Direction.REQUEST, Effect.WIDEN): S,
    (Direction.RESPONSE, Effect.NARROW): S,
    (Direction.RESPONSE, Effect.WIDEN): B,
}
LENIENT = {
    Direction.REQUEST: {
        "max-set": R,
        "exclusive-max-set": R,
        "max-length-set": R,
        "min-set": R,
        "exclusive-min-set": R,
        "min-items-set": R,
        "pattern-changed": R,
        "all-of-removed": R,
        "prefix-items-removed": B,
        "discriminator-changed": R,
    },
    Direction.RESPONSE: {
        "enum-value-added": R,
        "any-of-added": R,
        "pattern-added": S,
        "pattern-changed": N,
        "pattern-removed": N,
        "all-of-removed": R,
        "max-unset": R,
        "exclusive-max-unset": R,
        "min-unset": R,
        "exclusive-min-unset": R,
        "additional-properties-opened": S,
        "max-properties-increased": R,
        "max-properties-unset": R,
        "min-properties-decreased": R,
        "min-properties-unset": R,
        "multiple-of-removed": R,
        "not-removed": R,
        "enum-removed": R,
        "unique-items-removed": R,
        "max-items-increased": R,
        "max-items-unset": R,
        "min-length-unset": R,
        "prefix-items-added": B,
    },
}
"""Where practice differs from containment: what well-behaved clients and servers live with."""
SOFT = {("request-parameter-property", "type-changed"), ("request-header-property", "type-changed")}
"""There, a change of type that breaks is called `type-specialized`."""
FIELDS = {"pattern-changed": B, "default-value-changed": R}
"""Fields of data contracts."""


def schema_level(place: Place, event: str) -> Level:
    row = EVENTS[event]
    if row.effect is Effect.MEANING:
        return B
    if row.effect is Effect.DOUBT:
        return R
    if row.effect is Effect.NOTE:
        return B if event.startswith("default-value") and place.prefix == "request-parameter" else N
    if (place.prefix, event) in SOFT:
        return R
    if place.contract and event in FIELDS:
        return FIELDS[event]
    if not (place.strict or place.contract) and event in LENIENT[place.direction]:
        return LENIENT[place.direction][event]
    if row.effect is Effect.CHANGE:
        return B
    way = Direction.RESPONSE if place.direction is Direction.FORWARD else place.direction
    way = Direction.REQUEST if way is Direction.BACKWARD else way
    return BY_EFFECT[way, row.effect]


def schema_rule(place: Place, event: str, *, guarded: bool = False) -> Rule:
    """The rule of an event at a place. `guarded`: the value does not travel in this direction."""
    row = EVENTS[event]
    way = place.direction.value
    level = schema_level(place, event)
    name = f"{place.prefix}-{event}"
    if guarded:
        mark = {"request": "read-only-", "response": "write-only-"}.get(way, "")
        if event in GUARDED.get(way, ()) and place.prefix.endswith("property"):
            name = place.prefix.replace("property", f"{mark}property") + f"-{event}"
            level = N
        elif row.effect is not Effect.MEANING:
            level = R if level is B else level
    return Rule(
        RENAMED.get(name, name),
        level,
        place.direction,
        "Schema",
        row.kind,
        row.action,
        row.message,
    )


def schema_rules() -> list[Rule]:
    """Every row of the product of events and places."""
    found: dict[str, Rule] = {}
    for place in PLACES.values():
        for event in EVENTS:
            for guarded in (False, True):
                rule = schema_rule(place, event, guarded=guarded)
                found.setdefault(rule.id, rule)
    return list(found.values())
