"""Dated exchange rates. Pure; money in whole minor units."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from governance.agreements.transforms import digits_of

Dated = tuple[list[date], list[Decimal]]


@dataclass(frozen=True, slots=True)
class Rates:
    """Units of `base` for one unit of a currency, each from a day until the next row."""

    base: str
    dated: Mapping[str, Dated]

    @classmethod
    def from_document(cls, document: Mapping[str, Any] | None) -> Rates:
        """Of an approved `fx_source`; none at all converts nothing but the base."""
        if document is None:
            return cls("", {})
        found: dict[str, Dated] = {}
        for row in sorted(document["rates"], key=lambda row: row["on"]):
            days, rates = found.setdefault(row["currency"], ([], []))
            days.append(date.fromisoformat(row["on"]))
            rates.append(Decimal(row["rate"]))
        return cls(document["base"], found)

    def at(self, currency: str, day: date) -> tuple[Decimal, date | None] | None:
        """The rate and its first day. A day before the first row takes the first row."""
        if currency == self.base:
            return Decimal(1), None
        days, rates = self.dated.get(currency, ([], []))
        if not days:
            return None
        place = max(bisect_right(days, day) - 1, 0)
        return rates[place], days[place]

    def convert(self, minor: int, currency: str, day: date) -> tuple[int, date | None] | None:
        """Minor units of the base, half up, and the first day of the rate; None without one."""
        found = self.at(currency, day)
        if found is None:
            return None
        rate, since = found
        scale = Decimal(10) ** (digits_of(self.base) - digits_of(currency))
        return int((minor * rate * scale).quantize(Decimal(1), ROUND_HALF_UP)), since


def slices(total: int, weights: list[int]) -> list[int]:
    """`total` cut by weight so that the pieces add up to it (largest remainder)."""
    whole = sum(weights)
    if not whole:
        return [total, *[0] * (len(weights) - 1)] if weights else []
    exact = [Decimal(total) * weight / whole for weight in weights]
    cut = [int(one) for one in exact]
    rest = total - sum(cut)
    step = 1 if rest > 0 else -1
    order = sorted(range(len(cut)), key=lambda n: step * (cut[n] - exact[n]))
    for place in order[: abs(rest)]:
        cut[place] += step
    return cut
