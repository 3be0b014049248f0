"""A change of many items told briefly: what is compared stands open, what is new by its kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.approvals.queries import ItemView

MANY = 12
"""From so many new items on, a reader gets a list of names and opens what they want to read."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """An item and its place in the revision, by which its documents are fetched."""

    number: int
    item: ItemView


@dataclass(frozen=True, slots=True)
class Kind:
    """New items of one kind, in the revision's order."""

    label: str
    members: list[Numbered] = field(default_factory=list)


def parted(items: Sequence[ItemView]) -> tuple[list[Numbered], list[Kind]]:
    """Items to show one by one, and the new ones by kind where there are many."""
    numbered = [Numbered(number, item) for number, item in enumerate(items)]
    if sum(one.item.before is None for one in numbered) < MANY:
        return numbered, []
    kinds: dict[str, Kind] = {}
    for one in numbered:
        if one.item.before is None:
            kinds.setdefault(one.item.label, Kind(one.item.label)).members.append(one)
    return [one for one in numbered if one.item.before is not None], list(kinds.values())
