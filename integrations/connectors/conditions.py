"""What `where` may say of a record: a value to equal, or comparisons by name."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from integrations.errors import NeedsAPerson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


@dataclass(frozen=True, slots=True)
class Condition:
    field: str
    op: str
    value: Any


def conditions(where: Mapping[str, Any]) -> list[Condition]:
    """`{"state": "open", "date": {"ge": "2026-01-01"}}` → three-part conditions."""
    found = []
    for field, wanted in where.items():
        parts = wanted if isinstance(wanted, dict) else {"eq": wanted}
        for op, value in parts.items():
            if op not in COMPARE:
                raise NeedsAPerson(
                    f"{op!r} compares nothing: use one of {', '.join(COMPARE)}", klass="contract"
                )
            found.append(Condition(field, op, value))
    return found


def holds(found: list[Condition], data: Mapping[str, Any]) -> bool:
    """Null meets only eq and ne."""
    for condition in found:
        value = data.get(condition.field)
        if value is None and condition.op not in {"eq", "ne"}:
            return False
        if not COMPARE[condition.op](value, condition.value):
            return False
    return True
