"""Is this a document of its kind? The first reason why not, with its place and a remedy."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import jsonschema_rs
from openapi_spec_validator.schemas.utils import get_schema_content

from governance.compatibility import odcs_shape, pointers, shape
from governance.compatibility.reading import BadDocument

Problem = tuple[str, str]
"""Pointer and message."""
VERSIONS = ("2.0", "3.0", "3.1")
METHODS = shape.METHODS


def openapi_version(value: Any) -> str:
    """`2.0`, `3.0` or `3.1`; refuses what is no OpenAPI document."""
    if not isinstance(value, dict):
        raise BadDocument("an OpenAPI document is an object")
    written = value.get("openapi", value.get("swagger"))
    found = next((v for v in VERSIONS if str(written) == v or f"{written}".startswith(f"{v}.")), "")
    if not isinstance(written, str) or not found:
        key = "openapi" if "openapi" in value else "swagger"
        raise BadDocument(
            f"{key} is {written!r}: write a text such as '3.1.0' (2.0, 3.0 and 3.1 are read)",
            f"/{key}",
        )
    return found


@cache
def _openapi_validator(version: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(dict(get_schema_content(version)), offline=True)


def specification_problems(value: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong with an OpenAPI 3 document, the outermost first."""
    version = openapi_version(value)
    if version == "2.0":
        yield "/swagger", "Swagger 2.0 is read for comparing only: convert it to 3.x"
    for error in _openapi_validator(version).iter_errors(value):
        yield explain(error)
    yield from broken_references(value)
    yield from operation_problems(value)


def require_openapi(value: Any) -> None:
    """Refuse what could not be compared as an OpenAPI document."""
    checker = shape.validator(openapi_version(value))
    if not checker.is_valid(value):
        require(explain(error) for error in checker.iter_errors(value))


def require_odcs(value: Any) -> None:
    """Refuse what is no Open Data Contract Standard document."""
    if not isinstance(value, dict):
        raise BadDocument("a data contract is an object")
    checker = odcs_shape.validator()
    if not checker.is_valid(value):
        require(explain(error) for error in checker.iter_errors(value))


def explain(error: jsonschema_rs.ValidationError) -> Problem:
    """The deepest reason inside alternatives: what the author most likely meant."""
    while branches := getattr(error.kind, "context", None):
        inner = [problem for branch in branches for problem in branch if not _no_reference(problem)]
        if not inner:
            break
        error = max(inner, key=lambda problem: len(problem.instance_path))
    message = error.message if len(error.message) < 300 else f"not a valid {error.kind.name}"
    return pointers.join("", *error.instance_path), message


def _no_reference(error: jsonschema_rs.ValidationError) -> bool:
    return error.kind.name == "required" and '"$ref"' in error.message


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Pointer and target of every `$ref` that is one (examples and property names are not)."""
    stack: list[tuple[str, Any, str]] = [("", value, "")]
    while stack:
        pointer, node, key = stack.pop()
        if isinstance(node, list):
            stack.extend((f"{pointer}/{i}", item, "") for i, item in enumerate(node))
        elif isinstance(node, dict):
            target = node.get("$ref")
            if isinstance(target, str) and key != "properties":
                yield pointer, target
            stack.extend(
                (pointers.join(pointer, name), item, name)
                for name, item in node.items()
                if key == "properties" or name not in ("example", "examples", "default", "enum")
            )


def broken_references(value: dict[str, Any]) -> Iterator[Problem]:
    for pointer, target in references(value):
        if not target.startswith("#"):
            yield f"{pointer}/$ref", f"{target} is another document: bundle it into this one"
        elif target.startswith("#/") and not _exists(value, target):
            yield f"{pointer}/$ref", f"{target} does not exist: define it or correct the name"


def _exists(value: Any, target: str) -> bool:
    try:
        pointers.find(value, pointers.from_fragment(target[1:]))
    except (LookupError, ValueError):
        return False
    return True


def operations(value: dict[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Pointer, path, method and operation, in the order written."""
    for path, item in (value.get("paths") or {}).items():
        for method in item or ():
            if method in METHODS and isinstance(item[method], dict):
                yield pointers.join("/paths", path, method), path, method, item[method]


def operation_problems(value: dict[str, Any]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for pointer, path, method, operation in operations(value):
        name = operation.get("operationId")
        if isinstance(name, str):
            if name in seen:
                yield f"{pointer}/operationId", f"operationId {name!r} is already at {seen[name]}"
            seen[name] = f"{method.upper()} {path}"


def require(problems: Iterable[Problem]) -> None:
    """Refuse a value at its first problem."""
    for pointer, message in problems:
        raise BadDocument(message, pointer)


def require_json_schema(value: Any) -> None:
    if not isinstance(value, dict | bool):
        raise BadDocument("a JSON Schema is an object, true or false")
    try:
        jsonschema_rs.meta.validate(value)
    except jsonschema_rs.ValidationError as error:
        pointer, message = explain(error)
        raise BadDocument(message, pointer) from error
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise BadDocument(f"$schema is not a draft that is read: {error}", "/$schema") from error
