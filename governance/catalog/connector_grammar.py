"""Read a connector description and refuse what could not be executed, with place and remedy."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from governance.catalog.connector_checks import faults
from governance.catalog.connector_words import Description, ObjectSpec
from governance.catalog.connector_yaml import escaped, load
from governance.errors import InvalidDocument
from governance.ownership.structures import convert

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT = 32
"""Descriptions, each of at most 256 kB."""
STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+|\.\.\.)\]")


def parse(source: bytes | str | Mapping[str, Any]) -> dict[str, Any]:
    """The description as plain data, checked. Raises InvalidDocument."""
    if isinstance(source, bytes | str):
        found: dict[str, Any] = msgspec.json.decode(_parsed(source))
        return found
    return _checked(source, {})


@lru_cache(maxsize=KEPT)
def _parsed(source: bytes | str) -> bytes:
    """As JSON, so that every caller gets data of its own: a change request reads the same text
    at every gate, and YAML is slow to read."""
    return msgspec.json.encode(_checked(*load(source)))


def _checked(data: Any, lines: dict[str, int]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise InvalidDocument("a connector description is a mapping of words", line=1)
    for pointer, message in faults(_structured(data, lines)):
        _refuse(message, pointer, lines)
    return data


def structure(document: Mapping[str, Any]) -> Description:
    """The description as frozen structures; raises InvalidDocument. Pure, so callers may cache."""
    return _structured(document, {})


def _structured(document: Mapping[str, Any], lines: dict[str, int]) -> Description:
    objects = document.get("objects")
    if isinstance(objects, dict):
        for name, spec in objects.items():
            _convert(spec, ObjectSpec, f"/objects/{escaped(str(name))}", lines)
    description: Description = _convert(document, Description, "", lines)
    return description


def _convert(value: Any, kind: type[Any], at: str, lines: dict[str, int]) -> Any:
    try:
        return convert(value, kind)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        _refuse(f"{message}; {REMEDY}", at + _pointer(path, message), lines)


REMEDY = "correct it or remove it"


def _pointer(path: str, message: str) -> str:
    """msgspec's `$.page.size[0]` as a JSON Pointer, down to an unknown word it complains of."""
    steps = []
    for name, index in STEP.findall(path):
        if index == "...":
            break
        steps.append(escaped(name or index))
    if unknown := re.search(r"unknown field `([^`]*)`", message):
        steps.append(escaped(unknown.group(1)))
    return "".join(f"/{step}" for step in steps)


def _refuse(message: str, pointer: str, lines: dict[str, int]) -> NoReturn:
    place = pointer
    while place not in lines and place:
        place = place.rpartition("/")[0]
    raise InvalidDocument(f"{pointer or '/'}: {message}", pointer=pointer, line=lines.get(place))
