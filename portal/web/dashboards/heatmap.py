"""Hand-off time by region and unit: a field for each pair, with all of them at the edges. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.web.dashboards.numbers import Number

LEFT, TOP, PITCH, GAP, WIDTH = 128, 22, 34, 2, 540
LETTER = 6.6
"""About the width of a letter at 12 px."""
EDGES = ((0.6, "h1"), (0.8, "h2"), (1.0, "h3"), (1.3, "h4"))
"""Shares of the objective → fill; beyond the last one is `h5`."""


@dataclass(frozen=True, slots=True)
class Field:
    """One pair as it comes; an empty name is all of them."""

    region: str
    unit: str
    number: Number
    n: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A field at its place."""

    field: Field
    x: float
    y: int
    width: float
    text_x: float
    baseline: int
    css: str
    past: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A name of a row or a column."""

    words: str
    x: float
    y: int


@dataclass(frozen=True, slots=True)
class HeatMap:
    """All of it; `legend` is (fill, up to, whether that is past the objective)."""

    tiles: list[Tile]
    rows: list[Label]
    columns: list[Label]
    legend: list[tuple[str, str, bool]]
    height: int


def heat_map(fields: Iterable[Field], *, objective: float) -> HeatMap | None:
    """None where nothing was handed over."""
    found = {(one.region, one.unit): one for one in fields if one.number.value is not None}
    if not found:
        return None
    regions, units = _names(r for r, _ in found), _names(u for _, u in found)
    wide = (WIDTH - LEFT) / len(units)
    return HeatMap(
        tiles=[
            _tile(found[region, unit], row, column, wide, objective)
            for row, region in enumerate(regions)
            for column, unit in enumerate(units)
            if (region, unit) in found
        ],
        rows=[Label(r or "All regions", LEFT - 10, _y(n) + 20) for n, r in enumerate(regions)],
        columns=[
            Label(_short(u or "All units", wide), round(LEFT + wide * (n + 0.5), 1), TOP - 8)
            for n, u in enumerate(units)
        ],
        legend=_legend(objective),
        height=_y(len(regions)) + 4,
    )


def _names(names: Iterable[str]) -> list[str]:
    """In alphabetical order, all of them together at the end."""
    return sorted(set(names), key=lambda name: (not name, name))


def _tile(field: Field, row: int, column: int, wide: float, objective: float) -> Tile:
    days, x, y = float(field.number.value or 0), LEFT + wide * column, _y(row)
    share = days / objective if objective else 0.0
    return Tile(
        field=field,
        x=round(x, 1),
        y=y,
        width=round(wide - GAP, 1),
        text_x=round(x + (wide - GAP) / 2, 1),
        baseline=y + 20,
        css=next((css for edge, css in EDGES if share <= edge), "h5"),
        past=share > 1,
    )


def _short(words: str, wide: float) -> str:
    """As many letters as fit; a cell's title tells the whole name."""
    most = max(int(wide / LETTER), 4)
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _y(row: int) -> int:
    return TOP + PITCH * row


def _legend(objective: float) -> list[tuple[str, str, bool]]:
    told = [(css, f"≤ {objective * edge:g}", edge > 1) for edge, css in EDGES]
    return [*told, ("h5", f"> {objective * EDGES[-1][0]:g}", True)]
