"""Where the days go: a bar for each stage, each beginning where the one before ended. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from portal.web.dashboards.numbers import Number

LEFT, RIGHT, TOP, PITCH = 166, 480, 14, 26


@dataclass(frozen=True, slots=True)
class Step:
    """A stage as it comes: business days, and whether they are past the objective alone."""

    title: str
    number: Number
    days: float
    share: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A step at its place; `drop` is where the thin line down to the next one stands."""

    step: Step
    x: float
    y: int
    width: float
    baseline: int
    text_x: float
    drop: float
    css: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A vertical line with its number of days."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """All of it; `goal` is the x of the objective."""

    bars: list[Bar]
    ticks: list[Tick]
    goal: float
    objective: str
    height: int
    foot: int
    words: str


def waterfall(steps: Sequence[Step], *, objective: float) -> Waterfall | None:
    """None where nothing was posted."""
    whole = sum(one.days for one in steps)
    if not whole:
        return None
    step = _step(max(whole, objective))
    most = math.ceil(max(whole, objective) / step) * step
    scale = (RIGHT - LEFT) / most
    foot = TOP + PITCH * len(steps)
    largest = max(one.days for one in steps)
    bars, before = [], 0.0
    for number, one in enumerate(steps):
        bars.append(_bar(one, number, before, scale, "f4" if one.days == largest else "f2"))
        before += one.days
    told = ", ".join(f"{one.title} {one.days:.1f}" for one in steps)
    return Waterfall(
        bars=bars,
        ticks=[Tick(_x(day * step, scale), f"{day * step:g}") for day in range(_count(most, step))],
        goal=_x(objective, scale),
        objective=f"objective {objective:g} bd",
        height=foot + 30,
        foot=foot,
        words=f"Business days per stage: {told}; together {whole:.1f}, objective {objective:g}",
    )


def _bar(one: Step, number: int, before: float, scale: float, css: str) -> Bar:
    x, y, width = _x(before, scale), TOP + PITCH * number, round(max(one.days * scale, 1.5), 1)
    return Bar(one, x, y, width, y + 13, round(x + width + 6, 1), round(x + width, 1), css)


def _x(days: float, scale: float) -> float:
    return round(LEFT + days * scale, 1)


def _step(most: float) -> float:
    """Days between two lines, so that there are at most eight."""
    return next((one for one in (0.25, 0.5, 1, 2, 5, 10, 20, 50) if most / one <= 8), 100)


def _count(most: float, step: float) -> int:
    return round(most / step) + 1
