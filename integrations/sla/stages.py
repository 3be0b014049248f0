"""Where the time of billed lines went: the stage split, and how long systems took to hand over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import msgspec
from django.db.models import Count, QuerySet, Sum, TextField
from django.db.models.functions import Abs, Cast

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
    made = [row for row in rows if slug in row.hops]
    money, passed = sum(row.money for row in made), Counter[int]()
    for row in made:
        passed[row.day] += row.hops[slug] * row.money
    days = sum(seconds / day for day, seconds in sorted(passed.items()))
    return (days / money if money else 0.0), sum(row.n for row in made)


@dataclass(frozen=True, slots=True)
class Line:
    """Posted lines that passed alike; `day` is the length of a business day in seconds."""

    hops: Mapping[str, int]
    day: int
    money: int
    region: str
    business_unit: str
    n: int


def lines(rows: QuerySet[Any], terms: Terms) -> Iterable[Line]:
    """Of units with their `worth`; added up where invoices made them pass alike."""
    columns = (in_words("hops"), "legal_entity", "region", "business_unit")
    told = rows.order_by().values_list(*columns).annotate(money=Sum(Abs("worth")), n=Count("pk"))
    for words, entity, region, unit, money, n in told:
        yield Line(unpacked(words), terms.calendar(entity).day_seconds, money or 0, region, unit, n)


def in_words(column: str) -> Cast:
    """JSON as it is kept."""
    return Cast(column, TextField())


@lru_cache(maxsize=16_384)
def unpacked(words: str) -> Mapping[str, int]:
    """The lines of one invoice have the same hops, and parsing costs more than reading."""
    found: dict[str, int] = msgspec.json.decode(words)
    return MappingProxyType(found)


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
        Cell(region, unit, handed(held), sum(row.n for row in held))
        for (region, unit), held in sorted(found.items())
    ]


def handed(rows: Iterable[Line]) -> float | None:
    """The business days within which 90 % of the money was handed over between systems."""
    return weighted([(handed_over(row.hops) / row.day, row.money) for row in rows], 0.9)
