"""One spelling for schemas that differ only in order and prose."""

from typing import Any

from governance.compatibility.sameness import ENCODER

PROSE = {"title", "description", "examples", "example", "$comment", "default", "deprecated",
         "readOnly", "writeOnly"}  # fmt: skip
MAPS = {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"}
SCHEMAS = {"items", "additionalItems", "additionalProperties", "contains", "propertyNames", "not",
           "if", "then", "else", "unevaluatedItems", "unevaluatedProperties"}  # fmt: skip
CHOICES = {"allOf", "anyOf", "oneOf"}
SETS = {"required", "enum", "type"}


def alike(one: Any, other: Any) -> bool:
    """Do two schemas say the same but for order and prose? No guess: yes is certain."""
    return ENCODER.encode(normal(one)) == ENCODER.encode(normal(other))


def normal(schema: Any) -> Any:
    """The schema in its one order."""
    if not isinstance(schema, dict):
        return schema
    made = {key: _part(key, schema[key]) for key in sorted(schema) if key not in PROSE}
    for key in CHOICES:
        if len(made) == 1 and isinstance(made.get(key), list) and len(made[key]) == 1:
            return made[key][0]
    return made


def _part(key: str, value: Any) -> Any:
    if key in MAPS and isinstance(value, dict):
        return {name: normal(value[name]) for name in sorted(value)}
    if key in CHOICES and isinstance(value, list):
        return _sorted([normal(item) for item in value])
    if key == "prefixItems" and isinstance(value, list):
        return [normal(item) for item in value]
    if key in SCHEMAS:
        return [normal(item) for item in value] if isinstance(value, list) else normal(value)
    return _sorted(value) if key in SETS and isinstance(value, list) else value


def _sorted(values: list[Any]) -> list[Any]:
    return sorted(values, key=lambda value: ENCODER.encode(value))
