"""Where two JSON values differ, place by place. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """`pointer` is a JSON Pointer; None stands for what is not there."""

    pointer: str
    before: Any
    after: Any


def differences(pointer: str, before: Any, after: Any) -> Iterator[Difference]:
    """Every place that differs; lists of unequal length differ as a whole."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            yield from differences(f"{pointer}/{name}", before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(f"{pointer}/{place}", one, other)
    elif before != after:
        yield Difference(pointer, before, after)
