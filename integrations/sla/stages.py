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
from integrations.sla.selecting import Filters
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
    rows = list(_lines(posted(filters, terms, now), terms))
    mean = {hop.slug: _mean(hop.slug, rows) for hop in HOPS}
    whole = sum(days for days, _ in mean.values())
    return [
        Stage(
            slug=hop.slug,
            title=hop.title,
            days=mean[hop.slug][0],
            share=mean[hop.slug][0] / whole if whole else 0.0,
            contractual=hop.contractual,
            n=mean[hop.slug][1],
        )
        for hop in HOPS
    ]


def _mean(slug: str, rows: Iterable[Any]) -> tuple[float, int]:
    made = [(row.hops[slug] / row.day, row.money) for row in rows if slug in row.hops]
    money = sum(worth for _, worth in made)
    return (sum(days * worth for days, worth in made) / money if money else 0.0), len(made)


@dataclass(frozen=True, slots=True)
class _Line:
    hops: dict[str, int]
    day: int
    money: int
    region: str
    business_unit: str


def _lines(rows: QuerySet[Any], terms: Terms) -> Iterable[_Line]:
    for hops, entity, money, region, unit in rows.values_list(
        "hops", "legal_entity", "worth", "region", "business_unit"
    ):
        yield _Line(hops, terms.calendar(entity).day_seconds, abs(money or 0), region, unit)


def heat(filters: Filters, terms: Terms, now: datetime) -> list[Cell]:
    """Project-to-cash synchronisation by region and business unit of the project."""
    found: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
    for row in _lines(settled(filters, terms, now), terms):
        found[row.region, row.business_unit].append((handed_over(row.hops) / row.day, row.money))
    return [
        Cell(region, unit, weighted(values, 0.9), len(values))
        for (region, unit), values in sorted(found.items())
    ]
