"""Error budgets: how many late ones are permitted, how many are used, how fast. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from integrations.sla.shapes import BREACH, GOOD, QUIET, RISK


@dataclass(frozen=True, slots=True)
class Counted:
    """How many were due in a stretch of time, and how many of them were bad."""

    valid: int
    bad: int


@dataclass(frozen=True, slots=True)
class Alert:
    """Burning `rate` times as fast as the objective allows is too fast; few bad ones never are."""

    rate: float
    minimum: int

    def rings(self, counted: Counted, permitted: float) -> bool:
        return counted.bad >= self.minimum and burn(counted, permitted) >= self.rate


@dataclass(frozen=True, slots=True)
class Budget:
    """`share` percent of what is due has to be good."""

    counted: Counted
    share: Decimal

    @property
    def permitted(self) -> int:
        """Late ones that the objective allows."""
        return int((self.counted.valid * self.fraction).to_integral_value(ROUND_FLOOR))

    @property
    def fraction(self) -> Decimal:
        return 1 - self.share / 100

    @property
    def left(self) -> int:
        """Below zero once it is overspent."""
        return self.permitted - self.counted.bad

    @property
    def adherence(self) -> float | None:
        """Good ÷ valid, in percent."""
        valid = self.counted.valid
        return 100 * (valid - self.counted.bad) / valid if valid else None

    def days_left(self, lately: Counted, days: float) -> float | None:
        """Business days until it is used up at the pace of the last `days`; None: never."""
        if self.left <= 0:
            return 0.0
        return self.left * days / lately.bad if lately.bad else None

    def state(self, *, fast: bool, slow: bool) -> str:
        if not self.counted.valid:
            return QUIET
        if self.left < 0 or fast:
            return BREACH
        return RISK if slow else GOOD


def burn(counted: Counted, permitted: float) -> float:
    """How many times faster than allowed the budget is used; 1 uses it up exactly."""
    if not counted.bad:
        return 0.0
    return counted.bad / counted.valid / permitted if permitted else float("inf")


def said(budget: Budget, days: float | None) -> str:
    """`17 of 40 permitted late lines used, 12 business days left`."""
    if not budget.counted.valid:
        return "nothing was due"
    used = f"{budget.counted.bad:,} of {budget.permitted:,} permitted late lines used"
    if budget.left < 0:
        return f"{used}, {-budget.left:,} more than permitted"
    if days is None:
        return f"{used}, none lately"
    return f"{used}, {days:.0f} business days left at this pace"
