"""JSON without what makes it dangerous, the limits of any document, and the line of every place."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from math import isfinite
from typing import Any, NoReturn

from governance.compatibility import limits, pointers
from governance.errors import InvalidDocument

SAFE_DIGITS = 16
"""Shorter numbers survive as a double exactly as written."""
TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]+|\n')
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class BadDocument(InvalidDocument):
    """The text is not a document of its kind. `message` says what to do."""

    code = "bad_document"

    def __init__(self, message: str, pointer: str = "", line: int | None = None) -> None:
        self.message = message
        super().__init__(message, pointer=pointer, line=line)


def number(text: str) -> float | Decimal:
    """A fraction as a float, or as a Decimal where a float would change it."""
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BadDocument(f"{text[:40]} is larger than any number here may be")
    if len(text) <= SAFE_DIGITS:
        return value
    exact = Decimal(text)
    return value if exact == Decimal(repr(value)) else exact


def read_json(text: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=number
        )
    except json.JSONDecodeError as error:
        raise BadDocument(f"not JSON: {error.msg}", line=error.lineno) from error
    except RecursionError as error:
        raise BadDocument(f"nested deeper than {limits.MAX_DEPTH} levels") from error
    except DuplicateKey as error:
        raise BadDocument(f"the key {error.key!r} stands twice in one object") from error
    except ValueError as error:
        raise BadDocument("a number has too many digits") from error


class DuplicateKey(Exception):
    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise DuplicateKey(key[:80])
        seen.add(key)
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise BadDocument(f"{name} is not a JSON number")


def check(value: Any, *, surrogates: bool) -> None:
    """Depth and node limits, walked without recursion."""
    stack: list[tuple[Any, int]] = [(value, 1)]
    nodes = 0
    while stack:
        item, depth = stack.pop()
        nodes += 1
        if depth > limits.MAX_DEPTH:
            raise BadDocument(f"nested deeper than {limits.MAX_DEPTH} levels")
        if isinstance(item, dict):
            stack.extend((part, depth + 1) for part in item.values())
            if surrogates:
                stack.extend((key, depth) for key in item)
        elif isinstance(item, list):
            stack.extend((part, depth + 1) for part in item)
        elif surrogates:
            _refuse_leaf(item)
    if nodes > limits.MAX_NODES:
        raise BadDocument(f"more than {limits.MAX_NODES:,} values")


def _refuse_leaf(item: Any) -> None:
    """Values that JSON does not have, in a document that was given as values."""
    if isinstance(item, float) and not isfinite(item):
        raise BadDocument(f"{item} is not a JSON number")
    if item is not None and not isinstance(item, str | int | float | Decimal):
        raise BadDocument(f"{type(item).__name__} is not a JSON value")
    try:
        str(item).encode()
    except UnicodeEncodeError as error:
        raise BadDocument("a text holds half of a surrogate pair") from error


def json_places(text: str) -> dict[str, int]:
    """The line of every pointer of a JSON text that is known to parse."""
    places: dict[str, int] = {}
    stack: list[list[Any]] = []
    for mark, line in _tokens(text):
        if mark in ("}", "]"):
            stack.pop()
        elif mark == ",":
            _next(stack[-1])
        elif mark == ":":
            stack[-1][2] = True
        elif stack and stack[-1][0] == "{" and not stack[-1][2]:
            stack[-1][1] = json.loads(mark)
            places[_path(stack)] = line
        else:
            places.setdefault(_path(stack), line)
            if mark in ("{", "["):
                stack.append([mark, 0, False])
    return places


def _next(frame: list[Any]) -> None:
    if frame[0] == "[":
        frame[1] += 1
    else:
        frame[2] = False


def _path(stack: list[list[Any]]) -> str:
    return pointers.join("", *(frame[1] for frame in stack))


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for match in TOKEN.finditer(text):
        mark = match.group()
        if mark == "\n":
            line += 1
        else:
            yield mark, line
