"""A thin bar of shares, as rectangles 200 wide. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 200.0


@dataclass(frozen=True, slots=True)
class Rect:
    """In the coordinates of the drawing; `css` is one of the fills of chart.css."""

    x: float
    width: float
    css: str


@dataclass(frozen=True, slots=True)
class Strip:
    """`words` say what the colours say."""

    words: str
    rects: list[Rect]


def strip(words: str, parts: Iterable[tuple[float, str]]) -> Strip | None:
    """Parts one after the other, each as wide as its share; None where all are nothing."""
    told = [(abs(value), css) for value, css in parts if value]
    whole = sum(value for value, _ in told)
    if not whole:
        return None
    left, rects = 0.0, []
    for value, css in told:
        width = value / whole * WIDTH
        rects.append(Rect(round(left, 1), round(max(width - 1, 1.0), 1), css))
        left += width
    return Strip(words, rects)
