"""Chance that falls the same on every machine and in every version of Python."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

SEED = "meridian-1"
MASK = (1 << 64) - 1
Item = TypeVar("Item")


class Dice:
    """A stream of its own per name (splitmix64): nothing shifts when another part changes."""

    def __init__(self, name: str) -> None:
        digest = hashlib.sha256(f"{SEED}/{name}".encode()).digest()
        self._state = int.from_bytes(digest[:8], "big")

    def below(self, bound: int) -> int:
        """0 ≤ result < bound."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return (mixed ^ (mixed >> 31)) % bound

    def between(self, low: int, high: int) -> int:
        """Both ends included."""
        return low + self.below(high - low + 1)

    def pick(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def falls(self, *, per_mille: int) -> bool:
        return self.below(1000) < per_mille

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """So many different ones, in the order drawn."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]
