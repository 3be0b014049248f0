"""The first row: each figure with its state, its money in its own currencies, and its objective."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from integrations.sla import terms as agreed
from integrations.sla.queries import Dashboard, Feed, Figure
from integrations.sla.selecting import limit
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.numbers import Number, owed
from portal.web.dashboards.strips import Strip, strip

STATES = {
    "good": ("active", "within objective"),
    "risk": ("risk", "needs attention"),
    "breach": ("breaking", "past objective"),
    "": ("draft", "nothing to tell"),
}
TELLS = {
    "billing-latency": {"time-approved", "billable", "invoice-posted"},
    "approved-not-billed": {"time-approved", "billable", "invoice-issued"},
    "issued-not-posted": {"invoice-issued", "invoice-posted"},
    "contract-version-mismatch": {"contract-signed"},
}
"""Figure → the milestones that it is made of; any others take all."""


@dataclass(frozen=True, slots=True)
class Line:
    """A number with its words; either may be empty."""

    words: str
    number: Number | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of the first row."""

    slug: str
    title: str
    url: str
    main: Number
    small: list[Line]
    kind: str
    state: str
    lines: list[Line]
    objective: str
    count: Line
    as_of: datetime | None
    currencies: list[Number] = field(default_factory=list)
    strip: Strip | None = None


def tiles(found: Dashboard, asked: Asked) -> list[Tile]:
    """Those that the firm can tell."""
    return [
        build(found.figures[slug], found, asked)
        for slug, build in BUILDERS.items()
        if slug in found.figures
    ]


def as_of(slug: str, feeds: list[Feed]) -> datetime | None:
    """The oldest of the feeds that the figure is made of; None where one never ran."""
    wanted = TELLS.get(slug)
    told = [one.as_of for one in feeds if wanted is None or wanted & one.milestones]
    return None if None in told else min((one for one in told if one), default=None)


def _latency(one: Figure, found: Dashboard, asked: Asked) -> Tile:
    url = asked.list(one.slug)
    share = one.parts["share"] or 0.0
    said = f"{share:.1f} % of money in time"
    return _tile(
        one,
        found,
        asked,
        main=Number("p95", one.parts["p95"], url),
        small=[Line("p95 · p50"), Line("", Number("p50", one.parts["p50"], url))],
        lines=[Line("of money in time", Number("share", one.parts["share"], url))],
        count=Line("lines", Number("n", one.n, url)),
        strip=strip(said, [(share, "f2"), (100 - share, "f-breaking")]),
    )


def _unbilled(one: Figure, found: Dashboard, asked: Asked) -> Tile:
    url, late = asked.list(one.slug), one.parts["late"]
    past = Number("worth", late, asked.list("approved-not-billed-late"), found.base)
    fresh, days = (one.value or 0) - late, limit(agreed.current()).normalize()
    return _tile(
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
    return _tile(
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
    return _tile(
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


def _tile(
    one: Figure,
    found: Dashboard,
    asked: Asked,
    *,
    main: Number,
    lines: list[Line],
    small: list[Line] | None = None,
    count: Line | None = None,
    strip: Strip | None = None,
) -> Tile:
    kind, state = STATES.get(one.state, STATES[""])
    own = set(one.currencies) != {found.base}
    return Tile(
        slug=one.slug,
        title=one.title,
        url=asked.list(one.slug),
        main=main,
        small=small or [],
        kind=kind,
        state=state,
        lines=lines,
        objective=one.objective,
        count=count or Line(""),
        as_of=as_of(one.slug, found.feeds),
        currencies=owed(one.currencies, asked.list(one.slug)) if own else [],
        strip=strip,
    )


BUILDERS: dict[str, Callable[[Figure, Dashboard, Asked], Tile]] = {
    "billing-latency": _latency,
    "approved-not-billed": _unbilled,
    "revenue-at-risk": _risk,
    "issued-not-posted": _invoices,
}
"""In the order of the page."""
