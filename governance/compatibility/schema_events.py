"""What can change in a schema, and what that does to the set of payloads it accepts."""

from enum import StrEnum
from typing import NamedTuple


class Effect(StrEnum):
    NARROW = "narrow"
    """Fewer payloads than before."""
    WIDEN = "widen"
    CHANGE = "change"
    """Others than before."""
    NOTE = "note"
    """The same payloads."""
    MEANING = "meaning"
    """The same payloads, but they say something else."""
    DOUBT = "doubt"
    """The same payloads, but what they say is no longer certain."""


class Event(NamedTuple):
    effect: Effect
    kind: str
    action: str
    message: str


NARROW, WIDEN, CHANGE, NOTE = Effect.NARROW, Effect.WIDEN, Effect.CHANGE, Effect.NOTE
BORDERS = {
    "max": ("maximum", False),
    "exclusive-max": ("exclusive maximum", False),
    "max-length": ("maximum length", False),
    "max-items": ("maximum number of items", False),
    "max-properties": ("maximum number of properties", False),
    "max-contains": ("maximum number of matching items", False),
    "min": ("minimum", True),
    "exclusive-min": ("exclusive minimum", True),
    "min-length": ("minimum length", True),
    "min-items": ("minimum number of items", True),
    "min-properties": ("minimum number of properties", True),
    "min-contains": ("minimum number of matching items", True),
}
"""Name of a border, its words, and whether it is a lower one."""
PARTS = {
    "all-of": ("a schema to satisfy as well", NARROW),
    "any-of": ("an alternative (anyOf)", WIDEN),
    "one-of": ("an alternative (oneOf)", WIDEN),
    "not": ("a schema that must not match", NARROW),
    "if": ("a condition (if)", NARROW),
    "then": ("the consequence of a condition (then)", NARROW),
    "else": ("the alternative of a condition (else)", NARROW),
    "contains": ("a schema that some item must match", NARROW),
    "prefix-items": ("the schema of one position", NARROW),
    "dependent-required": ("properties required together", NARROW),
    "dependent-schema": ("a schema required by a property", NARROW),
    "pattern-property": ("the schema of properties with a pattern", NARROW),
    "property-names": ("a rule for property names", NARROW),
    "unevaluated-items": ("a rule for items not mentioned", NARROW),
    "unevaluated-properties": ("a rule for properties not mentioned", NARROW),
    "content-schema": ("the schema of the embedded content", NARROW),
    "pattern": ("a pattern", NARROW),
    "multiple-of": ("a step (multipleOf)", NARROW),
    "unique-items": ("the demand for distinct items", NARROW),
    "const": ("a constant", NARROW),
    "default-value": ("a default", NOTE),
    "discriminator": ("a discriminator", NOTE),
}
"""Keywords that come and go, and what adding one does."""
OTHER = {
    "type-changed": Event(CHANGE, "Type", "Change", "the type changed from {old} to {new}"),
    "type-generalized": Event(WIDEN, "Type", "Generalize", "the type widened from {old} to {new}"),
    "type-specialized": Event(
        NARROW, "Type", "Specialize", "the type narrowed from {old} to {new}"
    ),
    "type-compatible": Event(
        NOTE, "Type", "Change", "the type changed from {old} to {new}, which reads the same here"
    ),
    "list-of-types-widened": Event(WIDEN, "Type", "Add", "types were added: {new}"),
    "list-of-types-narrowed": Event(NARROW, "Type", "Remove", "types were removed: {old}"),
    "format-changed": Event(CHANGE, "Type", "Change", "the format changed from {old} to {new}"),
    "became-nullable": Event(WIDEN, "Requiredness", "Change", "null became allowed"),
    "became-not-nullable": Event(NARROW, "Requiredness", "Change", "null is no longer allowed"),
    "became-enum": Event(NARROW, "Values", "Change", "only listed values are allowed now: {new}"),
    "enum-removed": Event(WIDEN, "Values", "Remove", "the list of allowed values was dropped"),
    "enum-value-added": Event(WIDEN, "Values", "Add", "the value {new} was added"),
    "enum-value-removed": Event(NARROW, "Values", "Remove", "the value {old} was removed"),
    "x-extensible-enum-value-removed": Event(
        NARROW, "Values", "Remove", "the value {old} was removed from the open list"
    ),
    "const-changed": Event(CHANGE, "Values", "Change", "the constant changed from {old} to {new}"),
    "default-value-changed": Event(
        NOTE, "Values", "Change", "the default changed from {old} to {new}"
    ),
    "pattern-changed": Event(
        CHANGE, "Constraints", "Change", "the pattern changed from {old} to {new}"
    ),
    "pattern-generalized": Event(
        WIDEN, "Constraints", "Generalize", "the pattern {old} became the wider {new}"
    ),
    "multiple-of-changed": Event(
        CHANGE, "Constraints", "Change", "the step changed from {old} to {new}"
    ),
    "became-required": Event(NARROW, "Requiredness", "Change", "{name} became required"),
    "became-required-with-default": Event(
        NARROW, "Requiredness", "Change", "{name} became required, with a default"
    ),
    "became-optional": Event(WIDEN, "Requiredness", "Change", "{name} became optional"),
    "property-added": Event(NARROW, "Existence", "Add", "{name} is now described"),
    "property-removed": Event(WIDEN, "Existence", "Remove", "{name} is no longer described"),
    "additional-properties-closed": Event(
        NARROW, "Constraints", "Add", "other properties are no longer allowed"
    ),
    "additional-properties-opened": Event(
        WIDEN, "Constraints", "Remove", "other properties became allowed"
    ),
    "additional-properties-narrowed": Event(
        NARROW, "Constraints", "Change", "other properties must now match a schema"
    ),
    "additional-properties-widened": Event(
        WIDEN, "Constraints", "Change", "other properties need no longer match a schema"
    ),
    "items-closed": Event(NARROW, "Constraints", "Add", "further items are no longer allowed"),
    "items-opened": Event(WIDEN, "Constraints", "Remove", "further items became allowed"),
    "items-narrowed": Event(NARROW, "Constraints", "Add", "items must now match a schema"),
    "items-widened": Event(WIDEN, "Constraints", "Remove", "items need no longer match a schema"),
    "all-of-added-annotation-only": Event(
        NOTE, "Structure", "Add", "a schema without any demand was added"
    ),
    "all-of-removed-annotation-only": Event(
        NOTE, "Structure", "Remove", "a schema without any demand was removed"
    ),
    "wrapped-in-one-of": Event(
        CHANGE, "Structure", "Change", "the schema became a choice of alternatives (oneOf)"
    ),
    "wrapped-in-any-of": Event(
        CHANGE, "Structure", "Change", "the schema became a choice of alternatives (anyOf)"
    ),
    "unwrapped": Event(
        CHANGE, "Structure", "Change", "the choice of alternatives became one schema"
    ),
    "not-changed": Event(
        CHANGE, "Structure", "Change", "the schema that must not match was changed"
    ),
    "dependent-required-changed": Event(
        CHANGE, "Structure", "Change", "properties required together changed from {old} to {new}"
    ),
    "content-media-type-changed": Event(
        CHANGE, "Type", "Change", "the embedded media type changed from {old} to {new}"
    ),
    "content-encoding-changed": Event(
        CHANGE, "Type", "Change", "the embedded encoding changed from {old} to {new}"
    ),
    "discriminator-property-name-changed": Event(
        NOTE, "Structure", "Change", "the discriminating property changed from {old} to {new}"
    ),
    "discriminator-mapping-added": Event(NOTE, "Structure", "Add", "the mapping {new} was added"),
    "discriminator-mapping-deleted": Event(
        NOTE, "Structure", "Remove", "the mapping {old} was removed"
    ),
    "discriminator-mapping-changed": Event(
        NOTE, "Structure", "Change", "a mapping changed from {old} to {new}"
    ),
    "never-allowed": Event(NARROW, "Existence", "Remove", "no value is allowed any more"),
    "now-allowed": Event(WIDEN, "Existence", "Add", "values became allowed where none were"),
    "interplay": Event(
        Effect.DOUBT, "Structure", "Change", "harmless changes add up: some payloads are refused"
    ),
    "narrowed": Event(
        CHANGE, "Constraints", "Change", "a payload that was valid is now refused: {new}"
    ),
    "meaning-stated": Event(NOTE, "Meaning", "Add", "the {name} is stated now: {new}"),
    "meaning-dropped": Event(
        Effect.DOUBT, "Meaning", "Remove", "the {name} is no longer stated: it was {old}"
    ),
}
MEANINGS = {
    "unit": "unit",
    "currency": "currency basis",
    "tax-basis": "tax basis (net or gross)",
    "sign": "sign convention",
    "rounding": "rounding",
    "scale": "scale (such as cents or whole units)",
    "precision": "precision",
    "date-basis": "date basis",
    "time-zone": "time zone",
    "meaning": "meaning",
    "status-map": "meaning of a status",
    "classification": "classification",
    "ownership": "ownership",
    "sla": "service level",
}
"""What a field means apart from its shape: changing it breaks its readers unseen."""


def _events() -> dict[str, Event]:
    found = dict(OTHER)
    for name, (words, lower) in BORDERS.items():
        shrink, grow = (NARROW, WIDEN) if lower else (WIDEN, NARROW)
        message = f"the {words} went from {{old}} to {{new}}"
        found[f"{name}-increased"] = Event(shrink, "Constraints", "Increase", message)
        found[f"{name}-decreased"] = Event(grow, "Constraints", "Decrease", message)
        found[f"{name}-set"] = Event(NARROW, "Constraints", "Set", f"a {words} was set: {{new}}")
        found[f"{name}-unset"] = Event(
            WIDEN, "Constraints", "Remove", f"the {words} {{old}} was dropped"
        )
    for name, (words, added) in PARTS.items():
        removed = {NARROW: WIDEN, WIDEN: NARROW, NOTE: NOTE}[added]
        kind = "Values" if name in ("const", "default-value") else "Structure"
        found[f"{name}-added"] = Event(added, kind, "Add", f"{words} was added: {{new}}")
        found[f"{name}-removed"] = Event(removed, kind, "Remove", f"{words} was removed: {{old}}")
    for name, words in MEANINGS.items():
        found[f"{name}-changed"] = Event(
            Effect.MEANING, "Meaning", "Change", f"the {words} changed from {{old}} to {{new}}"
        )
    return found


EVENTS = _events()
