"""Quantiles that can be added: sparse logarithmic buckets in the layout of DDSketch. Pure.

A value x > 0 lies in bucket ceil(ln x / ln g) with g = (1 + a) / (1 - a), so that what a bucket
tells of its values is wrong by at most a of them. Merging is adding, in any order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import ceil, inf, log

ALPHA = 0.01
GAMMA = (1 + ALPHA) / (1 - ALPHA)
_LOG = log(GAMMA)
ZERO = -1_000_000
"""Bucket of everything that is not above zero."""

Buckets = Mapping[int, int]
"""Bucket → weight: how many values, or how much money."""


def bucket(value: float) -> int:
    return ceil(log(value) / _LOG) if value > 0 else ZERO


def midpoint(place: int) -> float:
    """What a bucket tells of its values."""
    return 2 * GAMMA**place / (GAMMA + 1) if place != ZERO else 0.0


def counted(values: Iterable[tuple[float, int]]) -> Counter[int]:
    """Buckets of (value, weight)."""
    found: Counter[int] = Counter()
    for value, weight in values:
        found[bucket(value)] += weight
    return found


def merged(sketches: Iterable[Buckets]) -> Counter[int]:
    """All of them as one."""
    found: Counter[int] = Counter()
    for one in sketches:
        found.update(one)
    return found


def quantile(held: Buckets, share: float) -> float | None:
    """The value that at least `share` of the weight does not exceed."""
    whole, passed = sum(held.values()), 0.0
    if not whole:
        return None
    for place in sorted(held):
        passed += held[place]
        if passed >= min(share, 1.0) * whole:
            return midpoint(place)
    return midpoint(max(held))


def quantiles(held: Buckets) -> dict[str, float | None]:
    """What a cell stores beside its buckets."""
    return {f"p{percent}": quantile(held, percent / 100) for percent in (50, 90, 95)}


def within(held: Buckets, limit: float) -> int:
    """Weight of the values that do not exceed the limit, but for those that share its bucket."""
    edge = bucket(limit) if limit < inf else max(held, default=ZERO)
    return sum(weight for place, weight in held.items() if place <= edge)


def packed(held: Buckets) -> list[list[int]]:
    """As a cell keeps it: the same values give the same bytes."""
    return [[place, held[place]] for place in sorted(held) if held[place]]


def unpacked(kept: Iterable[Iterable[int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for place, weight in kept:
        found[place] = weight
    return found
