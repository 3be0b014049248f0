"""JMESPath expressions as closures. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

Read = Callable[[Any], Any]


class MappingError(Exception):
    """A record cannot be mapped, or (at compile time) a rule is wrong.

    `pointer` is the field in the result; `value_map` and `value` name a missing row.
    """

    def __init__(
        self, message: str, *, pointer: str, value_map: str = "", value: Any = None
    ) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.value_map = value_map
        self.value = value


_PLAIN = re.compile(r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")


def compile_expression(text: str, *, pointer: str = "") -> Read:
    """JMESPath; a plain dotted path runs without the interpreter."""
    if _PLAIN.match(text):
        return _dotted(text.split("."))
    try:
        found = jmespath.compile(text)
    except JMESPathError as error:
        raise MappingError(f"{text!r} is no JMESPath: {error}", pointer=pointer) from error

    def search(record: Any) -> Any:
        try:
            return found.search(record)
        except (JMESPathError, TypeError, ValueError) as error:
            raise MappingError(f"{text!r} fails: {error}", pointer=pointer) from error

    return search


def _dotted(steps: list[str]) -> Read:
    if len(steps) == 1:
        only = steps[0]
        return lambda record: record.get(only) if isinstance(record, dict) else None

    def walk(record: Any) -> Any:
        for step in steps:
            if not isinstance(record, dict):
                return None
            record = record.get(step)
        return record

    return walk
