"""Form bodies with brackets: `metadata[reference]=7` is `{"metadata": {"reference": "7"}}`."""

from __future__ import annotations

import re
from typing import Any

KEY = re.compile(r"^(\w+)((?:\[\w*\])*)$")
DEEPEST = 4


class BadForm(ValueError):
    """`field` is the key that cannot be read."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """The pairs as one record. Raises BadForm."""
    result: dict[str, Any] = {}
    for key, value in pairs:
        found = KEY.match(key)
        if not found:
            raise BadForm(key)
        steps = [found[1], *re.findall(r"\[(\w*)\]", found[2])]
        if len(steps) > DEEPEST or "" in steps:
            raise BadForm(key)
        _place(result, steps, value, key)
    return result


def _place(result: dict[str, Any], steps: list[str], value: str, key: str) -> None:
    node = result
    for step in steps[:-1]:
        inner = node.setdefault(step, {})
        if not isinstance(inner, dict):
            raise BadForm(key)
        node = inner
    if steps[-1] in node:
        raise BadForm(key)
    node[steps[-1]] = value
