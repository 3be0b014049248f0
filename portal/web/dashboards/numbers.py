"""A number on a page: its value, how it follows from the rows of its list, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from governance.agreements.transforms import digits_of

MONEY, COUNT, DAYS, PERCENT = "money", "count", "days", "percent"
KINDS = {
    "worth": MONEY,
    "owed": MONEY,
    "expected": MONEY,
    "delay": MONEY,
    "n": COUNT,
    "p50": DAYS,
    "p90": DAYS,
    "p95": DAYS,
    "p90w": DAYS,
    "mean": DAYS,
    "share": PERCENT,
}
"""What a number is of its rows → how it looks. `worth`: Σ in the reporting currency; `owed`: Σ of
those in `currency`; p…: quantiles of days; p90w and mean: weighted by money; share: of money in
time."""


@dataclass(frozen=True, slots=True)
class Number:
    """Money in minor units of `currency`; an empty `url` only at the head of its own list."""

    of: str
    value: float | int | None
    url: str = ""
    currency: str = ""

    @property
    def kind(self) -> str:
        return KINDS[self.of]

    @property
    def plain(self) -> str:
        """For machines: money in major units."""
        if self.value is None:
            return ""
        if self.kind != MONEY:
            return repr(self.value)
        return str(Decimal(self.value).scaleb(-digits_of(self.currency)))


def owed(currencies: Mapping[str, int], url: str) -> list[Number]:
    """One for each currency that is not empty, in alphabetical order."""
    return [Number("owed", money, url, currency) for currency, money in sorted(currencies.items())]
