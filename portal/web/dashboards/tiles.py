"""The first row: what each of its figures says."""

from __future__ import annotations

from collections.abc import Callable

from integrations.sla import terms as agreed
from integrations.sla.queries import Dashboard, Figure
from integrations.sla.selecting import limit
from portal.web.dashboards.adhering import budget
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.numbers import Number
from portal.web.dashboards.strips import strip
from portal.web.dashboards.tiling import Line, Tile, tile_of


def tiles(found: Dashboard, asked: Asked) -> list[Tile]:
    """Those that the firm can tell."""
    return [
        build(found.figures[slug], found, asked)
        for slug, build in BUILDERS.items()
        if slug in found.figures
    ]


def _latency(one: Figure, found: Dashboard, asked: Asked) -> Tile:
    url = asked.list(one.slug)
    share = one.parts["share"] or 0.0
    said = f"{share:.1f} % of money in time"
    return tile_of(
        one,
        found,
        asked,
        main=Number("p95", one.parts["p95"], url),
        small=[Line("p95")],
        lines=[
            Line("p50", Number("p50", one.parts["p50"], url)),
            Line("of money in time", Number("share", one.parts["share"], url)),
        ],
        count=Line("lines", Number("n", one.n, url)),
        strip=strip(said, [(share, "f2"), (100 - share, "f-breaking")]),
    )


def _unbilled(one: Figure, found: Dashboard, asked: Asked) -> Tile:
    url, late = asked.list(one.slug), one.parts["late"]
    past = Number("worth", late, asked.list("approved-not-billed-late"), found.base)
    fresh, days = (one.value or 0) - late, limit(agreed.current()).normalize()
    return tile_of(
        one,
        found,
        asked,
        main=Number("worth", one.value, url, found.base),
        lines=[Line(f"older than {days:f} business days", past)],
        count=Line("lines", Number("n", one.n, url)),
        strip=strip(one.said, [(fresh, "f2"), (late, "f-breaking")]),
    )


def _risk(one: Figure, found: Dashboard, asked: Asked) -> Tile:
    url = asked.list(one.slug)
    names = {"unbilled": "f2", "unposted": "f4", "unapplied": "f6"}
    told = ", ".join(f"{name} {one.parts[name] / 100:,.2f}" for name in names)
    recovered = Number("worth", one.parts["recovered"], asked.list("recovered"), found.base)
    return tile_of(
        one,
        found,
        asked,
        main=Number("worth", one.value, url, found.base),
        lines=[
            Line("expected loss", Number("expected", one.parts["expected"], url, found.base)),
            Line("cost of delay", Number("delay", one.parts["delay"], url, found.base)),
            Line(f"recovered in {asked.period.label}", recovered),
        ],
        count=Line("units", Number("n", one.n, url)),
        strip=strip(told, [(one.parts[name], css) for name, css in names.items()]),
    )


def _invoices(one: Figure, found: Dashboard, asked: Asked) -> Tile:
    url, failed = asked.list(one.slug), found.figures["failed-posts"]
    held = asked.list(failed.slug)
    return tile_of(
        one,
        found,
        asked,
        main=Number("n", one.n, url),
        small=[Line("issued, not posted")],
        lines=[
            Line("", Number("worth", one.value, url, found.base)),
            Line("stopped at a case", Number("n", failed.n, held)),
            Line("behind them", Number("worth", failed.value, held, found.base)),
        ],
        strip=strip(one.said, [(failed.n, "f-breaking"), (one.n - failed.n, "f-risk")]),
    )


BUILDERS: dict[str, Callable[[Figure, Dashboard, Asked], Tile]] = {
    "billing-latency": _latency,
    "approved-not-billed": _unbilled,
    "revenue-at-risk": _risk,
    "issued-not-posted": _invoices,
    "sla-adherence": budget,
}
"""In the order of the page."""
