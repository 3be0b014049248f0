"""The least that an OpenAPI document must be to be compared.

Laxer than the specification (a missing description stops nobody), strict where a value of the
wrong kind would be silently passed over.
"""

from functools import cache
from typing import Any

import jsonschema_rs

TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
NUMBER = {"type": "number"}
COUNT = {"type": "integer", "minimum": 0}
TEXTS = {"type": "array", "items": TEXT}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


def named(name: str) -> dict[str, Any]:
    """An object whose own properties, extensions apart, are of one kind; null counts as absent."""
    return {
        "type": ["object", "null"],
        "patternProperties": {"^x-": True},
        "additionalProperties": ref(name),
    }


def every(name: str) -> dict[str, Any]:
    """An object of which all properties are of one kind."""
    return {"type": ["object", "null"], "additionalProperties": ref(name)}


def listed(name: str) -> dict[str, Any]:
    return {"type": "array", "items": ref(name)}


def many(name: str) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": ref(name)}


def record(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def unless_reference(shape: dict[str, Any]) -> dict[str, Any]:
    """`$ref` may stand instead."""
    return {"if": {"required": ["$ref"]}, "then": {"properties": {"$ref": TEXT}}, "else": shape}


SCHEMA = {
    "type": ["object", "boolean"],
    "properties": {
        "$ref": TEXT,
        "type": {"anyOf": [TEXT, TEXTS]},
        "properties": every("schema"),
        "patternProperties": every("schema"),
        "dependentSchemas": every("schema"),
        "required": {"anyOf": [TEXTS, FLAG]},
        "enum": {"type": "array"},
        **{key: listed("schema") for key in ("allOf", "anyOf", "oneOf", "prefixItems")},
        "items": {"anyOf": [ref("schema"), listed("schema")]},
        **dict.fromkeys(
            ("not", "if", "then", "else", "contains", "propertyNames", "additionalProperties",
             "unevaluatedItems", "unevaluatedProperties", "contentSchema"),
            ref("schema"),
        ),
        **dict.fromkeys(("minimum", "maximum"), NUMBER),
        "multipleOf": {"type": "number", "exclusiveMinimum": 0},
        "exclusiveMinimum": {"type": ["number", "boolean"]},
        "exclusiveMaximum": {"type": ["number", "boolean"]},
        **dict.fromkeys(
            ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
             "minContains", "maxContains"),
            COUNT,
        ),
        **dict.fromkeys(
            ("nullable", "readOnly", "writeOnly", "deprecated", "uniqueItems"), FLAG
        ),
        **dict.fromkeys(("pattern", "format", "title"), TEXT),
    },
}  # fmt: skip
OPERATION = record(
    operationId=TEXT,
    deprecated=FLAG,
    parameters=many("parameter"),
    requestBody=ref("body"),
    responses=named("response"),
    callbacks=named("callback"),
    security={"type": "array", "items": {"type": "object"}},
    tags=TEXTS,
)
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PARAMETER = record(
    name=TEXT,
    schema=ref("schema"),
    content=every("media"),
    required=FLAG,
    deprecated=FLAG,
    style=TEXT,
    explode=FLAG,
    **{"in": TEXT},
)
DEFINITIONS = {
    "schema": SCHEMA,
    "operation": OPERATION,
    "path": record(parameters=many("parameter"), **dict.fromkeys(METHODS, ref("operation"))),
    "parameter": unless_reference({**PARAMETER, "required": ["name", "in"]}),
    "media": record(schema=ref("schema")),
    "body": unless_reference(record(required=FLAG, content=every("media"))),
    "response": unless_reference(record(content=every("media"), headers=every("header"))),
    "header": unless_reference(record(schema=ref("schema"), required=FLAG)),
    "callback": unless_reference(named("path")),
    "server": record(url=TEXT),
    "scheme": unless_reference(record(type=TEXT, scheme=TEXT, flows=named("flow"))),
    "flow": record(authorizationUrl=TEXT, tokenUrl=TEXT, scopes={"type": ["object", "null"]}),
}
COMPONENTS = record(
    schemas=every("schema"),
    parameters=every("parameter"),
    responses=every("response"),
    requestBodies=every("body"),
    headers=every("header"),
    securitySchemes=every("scheme"),
)
INFO = {**record(title=TEXT, version=TEXT), "required": ["title", "version"]}
THREE = {
    **record(
        info=INFO,
        paths=named("path"),
        webhooks=every("path"),
        components=COMPONENTS,
        servers=many("server"),
        security={"type": "array", "items": {"type": "object"}},
    ),
    "required": ["openapi", "info"],
    "anyOf": [{"required": [key]} for key in ("paths", "webhooks", "components")],
    "$defs": DEFINITIONS,
}
PARAMETER_TWO = {
    **record(
        name=TEXT,
        type=TEXT,
        schema=ref("schema"),
        items=ref("schema"),
        required=FLAG,
        **{"in": TEXT},
    ),
    "required": ["name", "in"],
}
OPERATION_TWO = record(
    parameters=many("parameter"),
    consumes=TEXTS,
    produces=TEXTS,
    responses=named("response"),
    security={"type": "array", "items": {"type": "object"}},
    tags=TEXTS,
    deprecated=FLAG,
)
TWO = {
    **record(
        info=INFO,
        host=TEXT,
        basePath=TEXT,
        schemes=TEXTS,
        consumes=TEXTS,
        produces=TEXTS,
        paths={**named("path"), "type": "object"},
        definitions=every("schema"),
        parameters=every("parameter"),
        responses=every("response"),
        securityDefinitions=every("scheme"),
        security={"type": "array", "items": {"type": "object"}},
    ),
    "required": ["swagger", "info", "paths"],
    "$defs": {
        **DEFINITIONS,
        "parameter": unless_reference(PARAMETER_TWO),
        "operation": OPERATION_TWO,
        "response": unless_reference(record(schema=ref("schema"), headers=every("head"))),
        "head": {**ref("schema"), "type": "object"},
        "scheme": record(type=TEXT, flow=TEXT, scopes={"type": ["object", "null"]}),
    },
}


@cache
def validator(version: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(TWO if version == "2.0" else THREE, offline=True)
