"""Where the parts of the catalogue's drawings stand: versions against today, and lineage. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 840, 64, 834, 28, 35, 26
LETTER = 6.4
"""About the width of a letter at 12 px."""

PAST, AHEAD = timedelta(days=90), timedelta(days=45)
LONG = timedelta(days=400)
LATEST = date(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A version's life: solid while it was in force, dashed for what is to come."""

    label: str
    url: str
    tone: str
    """draft review active risk"""
    words: str
    begins: date | None
    """None: not in force yet."""
    ended: date | None
    ends: date | None
    """When it is to end; None: open."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the drawing, in its coordinates; a width of 0 is not drawn."""

    stretch: Stretch
    y: int
    baseline: int
    solid: tuple[float, float]
    dashed: tuple[float, float]
    text_x: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A vertical line with its date."""

    x: float
    words: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """All of it."""

    bars: list[Bar]
    ticks: list[Tick]
    now: float
    height: int
    foot: int


def timeline(stretches: Sequence[Stretch], *, today: date) -> Timeline | None:
    """None where there is nothing to draw."""
    if not stretches:
        return None
    days = [day for one in stretches for day in (one.begins, one.ended, one.ends) if day]
    first = max(min([*days, today - PAST]), today - 2 * LONG)
    last = min(max([*days, today + AHEAD]), today + LONG)
    scale = Scale(first, last)
    foot = TOP + ROW * len(stretches)
    return Timeline(
        bars=[_bar(one, number, scale, today) for number, one in enumerate(stretches)],
        ticks=list(_ticks(scale)),
        now=scale.x(today),
        height=foot + 20,
        foot=foot,
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """Days to coordinates."""

    first: date
    last: date

    def x(self, day: date) -> float:
        """Days outside stand at the edge."""
        inside = min(max(day, self.first), self.last)
        share = (inside - self.first) / (self.last - self.first)
        return round(LEFT + (RIGHT - LEFT) * share, 1)

    def between(self, start: date, end: date) -> tuple[float, float]:
        """Left edge and width, wide enough to be seen."""
        left = self.x(start)
        return left, max(round(self.x(end) - left, 1), 3.0)


def _bar(one: Stretch, number: int, scale: Scale, today: date) -> Bar:
    y = TOP + ROW * number
    begins = one.begins
    solid = dashed = (0.0, 0.0)
    if begins is not None and begins <= today:
        solid = scale.between(begins, min(one.ended or today, today))
    if one.ended is None:
        dashed = scale.between(max(begins or today, today), one.ends or scale.last)
    left = solid[0] if solid[1] else dashed[0]
    fits = left + 10 + len(one.words) * LETTER <= RIGHT
    return Bar(
        stretch=one,
        y=y,
        baseline=y + 17,
        solid=solid,
        dashed=dashed,
        text_x=round(left + 10 if fits else left - 8, 1),
        anchor="" if fits else "end",
    )


def _ticks(scale: Scale) -> Iterator[Tick]:
    step = 3 if scale.last - scale.first > LONG / 2 else 1
    months = scale.first.year * 12 + scale.first.month
    while months // 12 < LATEST.year:
        day = date(months // 12, months % 12 + 1, 1)
        if day > scale.last:
            return
        if months % step == 0:
            yield Tick(scale.x(day), f"{day:%b %Y}" if scale.x(day) < RIGHT - 60 else "")
        months += 1


# ---- lineage

BOX, HIGH, PITCH, MIDDLE = 210, 40, 54, 290
MOST = 28
"""Letters that fit a box."""


@dataclass(frozen=True, slots=True)
class Node:
    """What stands in a box."""

    title: str
    sub: str
    url: str


@dataclass(frozen=True, slots=True)
class Box:
    """A node at its place."""

    node: Node
    x: int
    y: int
    title: str
    sub: str
    centre: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """Boxes, and the lines between them as one path."""

    boxes: list[Box]
    path: str
    height: int
    words: str


def lineage(sources: Sequence[Node], centre: Node, targets: Sequence[Node]) -> Lineage:
    """Sources at the left, targets at the right, the thing itself between them."""
    rows = max(len(sources), len(targets), 1)
    height = rows * PITCH
    middle = _box(centre, MIDDLE + 25, (height - HIGH) // 2, centre=True)
    lefts = [_box(node, 1, y) for node, y in _stacked(sources, height)]
    rights = [_box(node, WIDTH - BOX - 1, y) for node, y in _stacked(targets, height)]
    lines = [_curve(one, middle) for one in lefts] + [_curve(middle, one) for one in rights]
    before = ", ".join(node.title for node in sources) or "nothing"
    after = ", ".join(node.title for node in targets) or "nothing"
    return Lineage(
        boxes=[*lefts, middle, *rights],
        path="".join(lines),
        height=height + 2,
        words=f"{before} feeds {centre.title}, which feeds {after}",
    )


def _stacked(nodes: Sequence[Node], height: int) -> Iterator[tuple[Node, int]]:
    top = (height - len(nodes) * PITCH) // 2 + (PITCH - HIGH) // 2
    for number, node in enumerate(nodes):
        yield node, top + number * PITCH


def _box(node: Node, x: int, y: int, *, centre: bool = False) -> Box:
    return Box(node, x, y, _cut(node.title), _cut(node.sub), centre)


def _cut(text: str) -> str:
    return text if len(text) <= MOST else f"{text[: MOST - 1]}…"


def _curve(one: Box, other: Box) -> str:
    start, end = one.x + BOX, other.x
    half = (start + end) // 2
    here, there = one.y + HIGH // 2, other.y + HIGH // 2
    return f"M{start} {here}C{half} {here} {half} {there} {end} {there}"
