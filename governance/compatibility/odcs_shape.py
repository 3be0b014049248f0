"""What an Open Data Contract Standard document (3.x) must look like to be read."""

from functools import cache
from typing import Any

import jsonschema_rs

TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
WHOLE = {"type": "integer"}
ANYTHING: dict[str, Any] = {}
PLAIN = {"type": ["string", "number", "boolean", "null"]}
OPERATORS = ("mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo",
             "mustBeLessThan", "mustBeLessOrEqualTo", "mustBeBetween",
             "mustNotBeBetween")  # fmt: skip
NOTES = {
    "id": TEXT,
    "description": TEXT,
    "tags": {"type": "array", "items": TEXT},
    "customProperties": {"type": "array", "items": {"$ref": "#/$defs/custom"}},
    "authoritativeDefinitions": {"type": "array", "items": {"type": "object"}},
}
"""Words that may stand at nearly everything."""
LOGICAL = ["string", "date", "timestamp", "time", "number", "integer", "object", "array",
           "boolean", "map", "vector"]  # fmt: skip


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


def listed(name: str) -> dict[str, Any]:
    return {"type": "array", "items": ref(name)}


def closed(required: tuple[str, ...] = (), /, **properties: Any) -> dict[str, Any]:
    """An object with these words, the notes, and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**NOTES, **properties},
        "additionalProperties": False,
    }


def when(keyword: str, value: str, then: dict[str, Any]) -> dict[str, Any]:
    return {
        "if": {"properties": {keyword: {"const": value}}, "required": [keyword]},
        "then": then,
    }


def words(names: str, kind: Any = TEXT) -> dict[str, Any]:
    return dict.fromkeys(names.split(), kind)


ELEMENT = {
    **words("name physicalType physicalName businessName"),
    "deprecated": FLAG,
    "synonyms": {"type": "array"},
    "context": ANYTHING,
    "quality": listed("quality"),
}
FIELD = {
    **ELEMENT,
    **words("classification encryptedName transformLogic transformDescription"),
    **words("required unique primaryKey partitioned criticalDataElement", FLAG),
    **words("primaryKeyPosition partitionKeyPosition", WHOLE),
    "logicalType": {"enum": LOGICAL},
    "logicalTypeOptions": ref("options"),
    "semanticType": {"enum": ["column", "measure", "dimension"]},
    "transformSourceObjects": {"type": "array", "items": TEXT},
    "examples": {"type": "array"},
    "enum": {"type": "array", "minItems": 1, "items": ref("value")},
    "relationships": listed("fieldRelationship"),
    "properties": listed("field"),
    "items": ref("item"),
    "map": {
        "type": "object",
        "required": ["key", "value"],
        "properties": {"key": ref("item"), "value": ref("item")},
        "additionalProperties": False,
    },
    "vector": {"type": "object"},
}
QUALITY = {
    **words("businessImpact method name schedule scheduler severity unit rule query engine"),
    "dimension": {"enum": ["accuracy", "completeness", "conformity", "consistency", "coverage",
                           "timeliness", "uniqueness"]},
    "type": {"enum": ["text", "library", "sql", "custom"]},
    "metric": {"enum": ["nullValues", "missingValues", "invalidValues", "duplicateValues",
                        "rowCount"]},
    "arguments": {"type": "object"},
    "implementation": ANYTHING,
    **dict.fromkeys(OPERATORS, ANYTHING),
    **words("mustBeGreaterThan mustBeGreaterOrEqualTo mustBeLessThan mustBeLessOrEqualTo",
            {"type": "number"}),
    **words("mustBeBetween mustNotBeBetween",
            {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}}),
}  # fmt: skip
COUNT = {"type": "integer", "minimum": 0}
BORDER = {"type": ["number", "string"]}
OPTIONS = {
    **words("minLength maxLength minItems maxItems minProperties maxProperties dimensions", COUNT),
    **words("minimum maximum exclusiveMinimum exclusiveMaximum", BORDER),
    **words("pattern format defaultTimezone elementType"),
    **words("uniqueItems timezone", FLAG),
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    "required": {"type": "array", "items": TEXT},
}
DEFINITIONS = {
    "options": {"type": "object", "properties": OPTIONS},
    "member": {"type": "object"},
    "custom": closed(("property", "value"), property=TEXT, value=ANYTHING, vendor=TEXT),
    "value": closed(("value",), value=PLAIN, label=TEXT),
    "quality": {
        **closed((), **QUALITY),
        "allOf": [
            when("type", "sql", {"required": ["query"]}),
            when("type", "custom", {"required": ["engine", "implementation"]}),
        ],
    },
    "item": {
        **closed((), **FIELD),
        "allOf": [when("logicalType", "map", {"required": ["map"]})],
    },
    "field": {"allOf": [ref("item")], "required": ["name"]},
    "object": closed(
        ("name",),
        **ELEMENT,
        logicalType={"const": "object"},
        dataGranularityDescription=TEXT,
        properties=listed("field"),
        relationships={"type": "array", "items": {"type": "object"}},
    ),
    "fieldRelationship": {"type": "object", "properties": {"from": False}},
    "server": {
        "type": "object",
        "required": ["server", "type"],
        "properties": words("server type"),
    },
    "role": closed(("role",), **words("role access firstLevelApprovers secondLevelApprovers")),
    "sla": closed(
        ("property", "value"),
        **words("property unit element driver scheduler schedule"),
        value=ANYTHING,
        valueExt=PLAIN,
    ),
}
CONTRACT = {
    **closed(
        ("version", "apiVersion", "kind", "id"),
        **words("version name tenant status dataProduct domain slaDefaultElement"),
        contractCreatedTs=TEXT,
        kind={"const": "DataContract"},
        apiVersion={"enum": ["v3.2.0", "v3.1.0", "v3.0.2", "v3.0.1", "v3.0.0", "v2.2.2", "v2.2.1",
                             "v2.2.0"]},
        servers=listed("server"),
        context=ANYTHING,
        schema=listed("object"),
        support={"type": "array", "items": {"type": "object", "required": ["channel"]}},
        price={"type": "object"},
        team={
            "type": ["object", "array"],
            "items": ref("member"),
            "properties": {"name": TEXT, "members": listed("member")},
        },
        roles=listed("role"),
        slaProperties=listed("sla"),
    ),
    "$defs": DEFINITIONS,
}  # fmt: skip
CONTRACT["properties"] = {
    **CONTRACT["properties"],
    "description": {"type": ["object", "string"]},
}


@cache
def validator() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(CONTRACT, offline=True)
