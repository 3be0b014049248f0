"""The error budget as a tile: how many late lines are permitted, and how many of them are used."""

from __future__ import annotations

from integrations.sla.queries import Dashboard, Figure
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.numbers import Number
from portal.web.dashboards.strips import strip
from portal.web.dashboards.tiling import Line, Tile, tile_of


def budget(one: Figure, found: Dashboard, asked: Asked) -> Tile:
    """Used of permitted, said in words."""
    used, permitted = one.parts["bad"], one.parts["permitted"]
    css = {"good": "f-active", "risk": "f-risk"}.get(one.state, "f-breaking")
    return tile_of(
        one,
        found,
        asked,
        main=Number("n", used, asked.list(one.slug)),
        small=[Line(f"of {permitted:,} used")],
        lines=[Line(one.said)],
        strip=strip(one.said, [(used, css), (max(permitted - used, 0), "f-line")]),
    )
