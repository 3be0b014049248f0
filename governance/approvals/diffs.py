"""What differs between two documents, place by place. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

NAMES = ("slug", "name", "to", "kind", "from")
"""Keys by which the members of a list are recognised when their order changes."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`pointer` is a JSON Pointer into the newer document (older, where it was removed)."""

    pointer: str
    change: Literal["added", "removed", "changed"]
    before: Any = None
    after: Any = None


def differences(before: Any, after: Any) -> list[Difference]:
    """Every place that differs; a document that is not there yet is `None`."""
    return list(_walk("", before, after))


def _walk(place: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _walk_members(place, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _walk_lists(place, before, after)
    elif before is None and after is not None:
        yield Difference(place, "added", None, after)
    elif after is None and before is not None:
        yield Difference(place, "removed", before, None)
    elif type(before) is not type(after) or before != after:
        yield Difference(place, "changed", before, after)


def _walk_members(
    place: str, before: dict[str, Any], after: dict[str, Any]
) -> Iterator[Difference]:
    for key in [*before, *(key for key in after if key not in before)]:
        below = f"{place}/{str(key).replace('~', '~0').replace('/', '~1')}"
        if key not in after:
            yield Difference(below, "removed", before[key], None)
        elif key not in before:
            yield Difference(below, "added", None, after[key])
        else:
            yield from _walk(below, before[key], after[key])


def _walk_lists(place: str, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    key = _shared_key(before, after)
    old = {one[key] if key else n: (n, one) for n, one in enumerate(before)}
    new = {one[key] if key else n: (n, one) for n, one in enumerate(after)}
    for name, (number, one) in old.items():
        if name not in new:
            yield Difference(f"{place}/{number}", "removed", one, None)
        else:
            there, other = new[name]
            yield from _walk(f"{place}/{there}", one, other)
    for name, (number, one) in new.items():
        if name not in old:
            yield Difference(f"{place}/{number}", "added", None, one)


def _shared_key(before: list[Any], after: list[Any]) -> str | None:
    """A key that names each member of both lists uniquely, if there is one."""
    members = [*before, *after]
    if not all(isinstance(one, dict) for one in members):
        return None
    return next((key for key in NAMES if _names(key, before) and _names(key, after)), None)


def _names(key: str, members: list[dict[str, Any]]) -> bool:
    found = [one.get(key) for one in members]
    texts = {one for one in found if isinstance(one, str)}
    return len(texts) == len(found)
