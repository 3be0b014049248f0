"""Money by age, a stacked bar for each unit. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.web.dashboards.numbers import Number

LEFT, RIGHT, PITCH = 148, 410, 32
CSS = ("f1", "f2", "f3", "f4", "f5", "f6")
"""From fresh to old; the warm ones are past the objective."""


@dataclass(frozen=True, slots=True)
class Part:
    """Money of one unit in one bucket."""

    label: str
    number: Number


@dataclass(frozen=True, slots=True)
class Segment:
    """A part at its place."""

    part: Part
    x: float
    width: float
    css: str


@dataclass(frozen=True, slots=True)
class Stack:
    """One unit; `parts` holds the empty ones too, for the table."""

    title: str
    total: Number
    parts: list[Part]
    segments: list[Segment]
    y: int
    baseline: int


@dataclass(frozen=True, slots=True)
class Stacks:
    """All of it, with the legend's labels and fills."""

    stacks: list[Stack]
    legend: list[tuple[str, str]]
    height: int
    words: str


def stacks(rows: Mapping[str, tuple[Number, Sequence[Part]]]) -> Stacks | None:
    """One bar for each unit with its total and parts; None where there are no rows."""
    if not rows:
        return None
    sizes = [sum(_size(part) for part in parts) for _, parts in rows.values()]
    scale = (RIGHT - LEFT) / (max(sizes) or 1)
    found = [
        _stack(title, total, list(parts), place, scale)
        for place, (title, (total, parts)) in enumerate(rows.items())
    ]
    labels = [part.label for part in found[0].parts]
    return Stacks(
        stacks=found,
        legend=[(label, _css(place, len(labels))) for place, label in enumerate(labels)],
        height=PITCH * len(found),
        words=f"Approved and not billed by age in business days, for {', '.join(rows)}",
    )


def _stack(title: str, total: Number, parts: list[Part], place: int, scale: float) -> Stack:
    x, segments = float(LEFT), []
    for number, part in enumerate(parts):
        width = _size(part) * scale
        if width:
            shown = round(max(width - 1, 1.5), 1)
            segments.append(Segment(part, round(x, 1), shown, _css(number, len(parts))))
        x += max(width, 2.5) if width else 0
    y = PITCH * place
    return Stack(title, total, parts, segments, y + 2, y + 18)


def _size(part: Part) -> float:
    return abs(float(part.number.value or 0))


def _css(place: int, count: int) -> str:
    """The last bucket has the last fill, however many there are."""
    return CSS[min(place, len(CSS) - 1)] if place < count - 1 else CSS[min(count, len(CSS)) - 1]
