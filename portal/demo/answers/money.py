"""Sums by currency and in euro, each line converted at its own day and rounded half up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from portal.demo.firm.calendar import NOW, business_days, midnight
from portal.demo.firm.fx import euros
from portal.demo.firm.lines import Line
from portal.demo.firm.world import World


@dataclass(frozen=True)
class Item:
    """One thing that counts: its business key, cents, currency, and the day of its rate."""

    key: str
    cents: int
    currency: str
    on: date

    @property
    def euros(self) -> int:
        return euros(self.cents, self.currency, self.on)


@dataclass(frozen=True)
class Sum:
    """`amounts` in cents by currency; `euros` in cents, line by line."""

    items: tuple[Item, ...] = field(repr=False)

    @property
    def count(self) -> int:
        return len(self.items)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(sorted(item.key for item in self.items))

    @property
    def amounts(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for item in self.items:
            found[item.currency] += item.cents
        return dict(found)

    @property
    def euros(self) -> int:
        return sum(item.euros for item in self.items)


def total(items: Iterable[Item]) -> Sum:
    return Sum(tuple(items))


def of_line(world: World, line: Line) -> Item:
    """At the rate of the day of its approval."""
    on = (line.approved_at or NOW).date()
    return Item(line.id, line.amount, world.contracts[line.contract].currency, on)


def age(line: Line) -> float:
    """Business days since it was approved and could be billed; 0 before."""
    assert line.approved_at is not None
    starts = [line.approved_at]
    if line.billable_on:
        starts.append(midnight(line.entity, line.billable_on))
    return business_days(line.entity, max(starts), NOW)
