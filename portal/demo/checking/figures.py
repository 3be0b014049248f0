"""Every tile of the finance page beside the key: number, pieces, currencies and list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from integrations.sla.queries import Dashboard, Filters, dashboard, items
from portal.demo.answers.money import Sum
from portal.demo.answers.tiles import Tile
from portal.demo.checking.faults import Line

FIGURES = {
    "approved-not-billed": "approved-not-billed",
    "not-posted": "issued-not-posted",
    "failed-posts": "failed-posts",
    "contract-version": "contract-version-mismatch",
    "revenue-at-risk": "revenue-at-risk",
}
"""Tile of the key → figure of the product."""


def lines(tiles: Iterable[Tile], *, now: datetime) -> list[Line]:
    page = dashboard(Filters(), now=now)
    return [line for tile in tiles for line in _lines(tile, page, now)]


def _lines(tile: Tile, page: Dashboard, now: datetime) -> Iterator[Line]:
    if tile.slug in FIGURES:
        yield from _figure(tile, page, now)
    if tile.slug == "approved-not-billed":
        yield from _pieces(tile, page)
    if tile.slug == "past-objective":
        yield _late(tile, page, now)
    if tile.slug == "roll-forward":
        yield from _rolled(tile, page)
    if tile.slug == "revenue-at-risk":
        yield from _parts(tile, page)


def _figure(tile: Tile, page: Dashboard, now: datetime) -> Iterator[Line]:
    figure = page.figures[FIGURES[tile.slug]]
    yield Line(tile.title, _told(tile.money), _say(figure.n, figure.value, figure.currencies))
    listed = _listed(FIGURES[tile.slug], now)
    yield Line(f"{tile.title}: its list", _told(tile.money), listed)


def _listed(slug: str, now: datetime) -> str:
    rows = list(items(slug, Filters(), now=now).values_list("worth", "currency", "amount_minor"))
    currencies: Counter[str] = Counter()
    for _, currency, minor in rows:
        currencies[currency] += minor or 0
    return _say(len(rows), sum(worth or 0 for worth, _, _ in rows), currencies)


def _pieces(tile: Tile, page: Dashboard) -> Iterator[Line]:
    for (label, money), piece in zip(tile.parts.items(), page.ageing, strict=True):
        yield Line(f"  {label} business days", _whole(money), _all(piece.n, piece.value))


def _late(tile: Tile, page: Dashboard, now: datetime) -> Line:
    return Line(tile.title, _told(tile.money), _listed("approved-not-billed-late", now))


def _rolled(tile: Tile, page: Dashboard) -> Iterator[Line]:
    for label, money in tile.parts.items():
        piece = getattr(page.roll_forward, label.replace(" ", "_"))
        yield Line(f"  Month so far, {label}", _whole(money), _all(piece.n, piece.value))


def _parts(tile: Tile, page: Dashboard) -> Iterator[Line]:
    told = page.figures["revenue-at-risk"].parts
    for label, money in tile.parts.items():
        yield Line(f"  {label}", f"EUR {money.euros / 100:,.2f}", f"EUR {told[label] / 100:,.2f}")


def _told(money: Sum) -> str:
    return _say(money.count, money.euros, money.amounts)


def _whole(money: Sum) -> str:
    return _all(money.count, money.euros)


def _all(n: int, base: int) -> str:
    return f"{n}: EUR {base / 100:,.2f}"


def _say(n: int, base: Any, currencies: dict[str, int]) -> str:
    held = sorted((currency, minor) for currency, minor in currencies.items() if minor)
    told = " + ".join(f"{currency} {minor / 100:,.2f}" for currency, minor in held)
    return f"{_all(n, base or 0)} ({told})"
