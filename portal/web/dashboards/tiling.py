"""A tile: a figure with its state, its money in its own currencies, and its objective."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from integrations.sla.queries import Dashboard, Feed, Figure
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.numbers import Number, owed
from portal.web.dashboards.strips import Strip

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


def tile_of(
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


def as_of(slug: str, feeds: list[Feed]) -> datetime | None:
    """The oldest of the feeds that the figure is made of; None where one never ran."""
    wanted = TELLS.get(slug)
    told = [one.as_of for one in feeds if wanted is None or wanted & one.milestones]
    return None if None in told else min((one for one in told if one), default=None)
