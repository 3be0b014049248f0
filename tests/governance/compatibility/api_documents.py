"""Small API documents, and what the engine finds between two of them."""

from typing import Any

from governance.compatibility.engine import Comparison, Policy, compare, load

JSON = dict[str, Any]


def document(
    request: Any = None,
    response: Any = None,
    *,
    parameters: list[JSON] | None = None,
    version: str = "3.0.3",
    schemas: JSON | None = None,
    path: str = "/entries",
    extra: JSON | None = None,
) -> JSON:
    operation: JSON = {"responses": {"200": {"description": "fine"}}}
    if request is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": request}}}
    if response is not None:
        operation["responses"]["200"]["content"] = {"application/json": {"schema": response}}
    if parameters:
        operation["parameters"] = parameters
    return {
        "openapi": version,
        "info": {"title": "Time", "version": "1"},
        "paths": {path: {"post": operation}},
        "components": {"schemas": schemas or {}},
        **(extra or {}),
    }


def judged(old: JSON, new: JSON, policy: Policy | None = None) -> Comparison:
    return compare(load(old, "openapi"), load(new, "openapi"), policy=policy)


def found(old: JSON, new: JSON) -> set[tuple[str, str]]:
    return {
        (finding.rule, finding.level.value)
        for finding in judged(old, new).findings
        if not finding.rule.startswith(("api-version", "api-major-version"))
    }


def record(**properties: JSON) -> JSON:
    return {"type": "object", "properties": properties}


TEXT = {"type": "string"}
