"""What a case says of records that are not known in another system. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Name = tuple[str, str, str]
"""Entity, its canonical id, and the system that does not know it."""


def refers(detail: dict[str, Any]) -> list[Name]:
    """The records that a case waits for, as its detail lists them."""
    told = detail.get("refers") or []
    return [(str(one["entity"]), str(one["key"]), str(one["system"])) for one in told]


def told(names: Iterable[Name]) -> dict[str, Any]:
    """As it stands in the detail of a case."""
    found = list(dict.fromkeys(names))
    if not found:
        return {}
    rows = [{"entity": entity, "key": key, "system": system} for entity, key, system in found]
    return {"refers": rows, "value": " ".join(found[0])}


def title(names: Sequence[Name]) -> str:
    """The problem in words: every case that waits for the same records has the same title."""
    entity, key, system = names[0]
    what = f"{entity.replace('-', ' ').capitalize()} {key} is unknown in {system}"
    more = len(dict.fromkeys(names)) - 1
    return f"{what}, and {more} more" if more else what
