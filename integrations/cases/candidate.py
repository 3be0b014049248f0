"""The record as it would be after a correction, and what the data contract says of it. Pure."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import jsonschema_rs
import msgspec

from governance.agreements.mapping import MappingError, compile_read
from integrations.errors import Refused


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule of the data contract that a record breaks, at a JSON Pointer."""

    pointer: str
    message: str


def read(document: Mapping[str, Any], source: Any) -> dict[str, Any]:
    """The canonical record of a source record under an agreement."""
    try:
        mapped = compile_read(document["mapping"]["read"], document.get("value_maps", {}))
        return mapped.canonical(source)
    except MappingError as error:
        raise Refused(
            f"the record cannot be read under the mapping ({error}); fix the mapping or its value "
            "map by a change request"
        ) from error


def value_at(record: Any, pointer: str) -> Any:
    """What stands at a JSON Pointer; None where nothing does."""
    for step in _steps(pointer):
        if isinstance(record, list) and step.isdigit() and int(step) < len(record):
            record = record[int(step)]
        elif isinstance(record, dict):
            record = record.get(step)
        else:
            return None
    return record


def corrected(
    record: Mapping[str, Any], changes: Mapping[str, Any], *, schema: Mapping[str, Any]
) -> dict[str, Any]:
    """A copy with each pointer set; a null removes the field. Raises Refused for a wrong place.

    Stored corrections and forms hold numbers as text; a numeric field gets its number back.
    """
    result = copy.deepcopy(dict(record))
    for pointer, value in changes.items():
        numeric = _is_number(value_at(record, pointer)) or _wants_number(schema, pointer)
        _set(result, pointer, _number(value) if numeric else value)
    return result


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _wants_number(schema: Any, pointer: str) -> bool:
    for step in _steps(pointer):
        found = schema if isinstance(schema, dict) else {}
        schema = found.get("items") if step.isdigit() else found.get("properties", {}).get(step)
    types = schema.get("type", ()) if isinstance(schema, dict) else ()
    types = {types} if isinstance(types, str) else set(types)
    return bool(types & {"number", "integer"}) and "string" not in types


def _number(value: Any) -> Any:
    if not isinstance(value, str | float):
        return value
    try:
        return Decimal(str(value).strip())
    except InvalidOperation:
        return value


def _set(record: dict[str, Any], pointer: str, value: Any) -> None:
    *way, last = _steps(pointer) or [""]
    node: Any = record
    for step in way:
        node = _child(node, step)
    if isinstance(node, dict) and last:
        if value is None:
            node.pop(last, None)
        else:
            node[last] = value
    elif isinstance(node, list) and last.isdigit() and int(last) < len(node):
        node[int(last)] = value
    else:
        raise Refused(f"{pointer!r} is no field of this record")


def _child(node: Any, step: str) -> Any:
    if isinstance(node, dict):
        return node.setdefault(step, {})
    if isinstance(node, list) and step.isdigit() and int(step) < len(node):
        return node[int(step)]
    return None


def _steps(pointer: str) -> list[str]:
    if not pointer.startswith("/"):
        return []
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]


def violations(document: Mapping[str, Any], record: Any) -> list[Violation]:
    """Everything that the agreement's data contract finds wrong with a canonical record."""
    validator = _validator(msgspec.json.encode(document["contract"]["schema"]))
    found = validator.iter_errors(record)
    return [
        Violation("".join(f"/{step}" for step in error.instance_path), error.message)
        for error in found
    ]


@lru_cache(maxsize=256)
def _validator(schema: bytes) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(msgspec.json.decode(schema), validate_formats=True)
