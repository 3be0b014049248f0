"""Where the time of billed lines went: the stage split, and how long systems took to hand over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from integrations.sla.hops import HOPS, handed_over, weighted
from integrations.sla.latency import posted
from integrations.sla.selecting import BLANK, Filters
from integrations.sla.synchronised import settled
from integrations.sla.terms import Terms


@dataclass(frozen=True, slots=True)
class Stage:
    """Business days, weighted by money."""

    slug: str
    title: str
    days: float
    share: float
    contractual: bool
    n: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the heat map: the days that 90 % of its money took to be handed over."""

    region: str
    business_unit: str
    days: float | None
    n: int


def stages(filters: Filters, terms: Terms, now: datetime) -> list[Stage]:
    """Of the lines posted in the period."""
    rows = list(lines(posted(filters, terms, now), terms))
    means = {hop.slug: mean(hop.slug, rows) for hop in HOPS}
    whole = sum(days for days, _ in means.values())
    return [
        Stage(
            slug=hop.slug,
            title=hop.title,
            days=means[hop.slug][0],
            share=means[hop.slug][0] / whole if whole else 0.0,
            contractual=hop.contractual,
            n=means[hop.slug][1],
        )
        for hop in HOPS
    ]


def mean(slug: str, rows: Iterable[Line]) -> tuple[float, int]:
    """Business days of a hop, weighted by money, and of how many lines."""
    made = [(row.hops[slug] / row.day, row.money) for row in rows if slug in row.hops]
    money = sum(worth for _, worth in made)
    return (sum(days * worth for days, worth in made) / money if money else 0.0), len(made)


@dataclass(frozen=True, slots=True)
class Line:
    """A posted line; `day` is the length of a business day in seconds."""

    hops: dict[str, int]
    day: int
    money: int
    region: str
    business_unit: str


def lines(rows: QuerySet[Any], terms: Terms) -> Iterable[Line]:
    """Of units with their `worth`."""
    told = rows.order_by().values_list("hops", "legal_entity", "worth", "region", "business_unit")
    for hops, entity, money, region, unit in told:
        yield Line(hops, terms.calendar(entity).day_seconds, abs(money or 0), region, unit)


def heat(filters: Filters, terms: Terms, now: datetime) -> list[Cell]:
    """Project-to-cash synchronisation by region and business unit of the project.

    An empty name is all of them: each row, each column and the whole have a cell of their own.
    """
    found: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for row in lines(settled(filters, terms, now), terms):
        for region in (row.region or BLANK, ""):
            for unit in (row.business_unit or BLANK, ""):
                found[region, unit].append(row)
    return [
        Cell(region, unit, handed(rows), len(rows))
        for (region, unit), rows in sorted(found.items())
    ]


def handed(rows: Iterable[Line]) -> float | None:
    """The business days within which 90 % of the money was handed over between systems."""
    return weighted([(handed_over(row.hops) / row.day, row.money) for row in rows], 0.9)
