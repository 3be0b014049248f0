"""Where a value stands in a document: `data.object.id`, `reasons[0].message`, `@odata.etag`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Get = Callable[[Any], Any]

STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
WHOLE_KEY = ("@", "$")
"""A place that begins so is one key, dots and all."""


@lru_cache(maxsize=4096)
def getter(place: str) -> Get:
    """A function that gives the value at that place, or None where there is none."""
    if not place:
        return _itself
    if place.startswith(WHOLE_KEY):
        return _one(place)
    steps: list[str | int] = [int(i) if i else name for i, name in STEP.findall(place)]
    return _one(steps[0]) if len(steps) == 1 else _many(tuple(steps))


def _itself(value: Any) -> Any:
    return value


def _one(step: str | int) -> Get:
    def get(value: Any) -> Any:
        return _step(value, step)

    return get


def _many(steps: tuple[str | int, ...]) -> Get:
    def get(value: Any) -> Any:
        for step in steps:
            value = _step(value, step)
        return value

    return get


def _step(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int):
        return value[step] if step < len(value) else None
    return None


def put(document: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    """A copy with the value at a dotted place, unless something stands there already."""
    head, _, rest = place.partition(".")
    if rest:
        inner = document.get(head)
        return {**document, head: put(inner if isinstance(inner, dict) else {}, rest, value)}
    return document if document.get(head) not in (None, "") else {**document, head: value}
