"""What pages and REST read: the dashboard's figures, and the list behind each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from integrations.sla import terms as agreed
from integrations.sla.adherence import adherence
from integrations.sla.ageing import ageing, ageing_by
from integrations.sla.behind import LISTS, Narrow, cut, narrowed
from integrations.sla.describing import Said, described
from integrations.sla.entries import Entry, entry
from integrations.sla.feeds import feeds, freshness
from integrations.sla.figures import (
    at_risk,
    billing_latency,
    failed,
    mismatches,
    not_billed,
    posting,
)
from integrations.sla.keeping import Keeper
from integrations.sla.lists import FIGURES, OTHERS, Compute
from integrations.sla.risks import Cause, causes, exposures
from integrations.sla.rolling import RollForward, roll_forward
from integrations.sla.selecting import Filters
from integrations.sla.shapes import Feed, Figure, Slice
from integrations.sla.stages import Cell, Stage, heat, stages
from integrations.sla.terms import Terms
from integrations.sla.totals import units
from integrations.sla.trends import Point, Trend
from integrations.sla.trends import trend as _trend

__all__ = [
    "KNOWN",
    "OTHERS",
    "Cause",
    "Cell",
    "Dashboard",
    "Entry",
    "Feed",
    "Figure",
    "Filters",
    "Point",
    "RollForward",
    "Said",
    "Slice",
    "Stage",
    "Trend",
    "cut",
    "dashboard",
    "entry",
    "head",
    "items",
    "trend",
]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """All that the finance page shows; money in minor units of `base`."""

    base: str
    figures: dict[str, Figure]
    ageing: list[Slice]
    ageing_by_unit: dict[str, list[Slice]]
    stages: list[Stage]
    heat: list[Cell]
    causes: list[Cause]
    roll_forward: RollForward
    feeds: list[Feed]


def dashboard(filters: Filters, *, now: datetime, more: Sequence[Compute] = FIGURES) -> Dashboard:
    """The page as of now, narrowed to the filters; `more` are the figures beside those of money."""
    terms, fresh = agreed.current(), feeds(now)
    keep = Keeper(filters, terms, now)
    ages = keep(_ages)
    figures = [*_figures(filters, terms, more, keep), freshness(fresh, terms)]
    return Dashboard(
        base=terms.rates.base,
        figures={one.slug: one for one in figures},
        ageing=ageing(ages, terms),
        ageing_by_unit=ages,
        stages=keep(stages),
        heat=keep(heat),
        causes=causes(exposures(filters, terms, now)),
        roll_forward=keep(roll_forward),
        feeds=fresh,
    )


def _ages(filters: Filters, terms: Terms, now: datetime) -> dict[str, list[Slice]]:
    unbilled = units("approved-not-billed", filters, terms, now)
    return ageing_by(unbilled, "business_unit", terms, now)


KEPT: frozenset[Compute] = frozenset(
    {billing_latency, not_billed, at_risk, posting, mismatches, adherence}
)
"""Figures that follow from units and exposures alone; others also tell of cases and records."""


def _figures(filters: Filters, terms: Terms, more: Sequence[Compute], keep: Keeper) -> list[Figure]:
    first = (billing_latency, not_billed, at_risk, posting, failed, mismatches)
    return [
        keep(compute) if compute in KEPT else compute(filters, terms, keep.now)
        for compute in (*first, *more)
    ]


def items(slug: str, filters: Filters, *, now: datetime, **piece: str) -> QuerySet[Any]:
    """What is behind a figure, each with its `worth`: their sum is the figure.

    `piece` narrows to a part of it; its names stand in `behind.Narrow`. Of the figures in `OTHERS`
    the rows are cases, records, effects or feeds, and their number is the figure's; `entry` tells
    what to show of a row, whatever it is.
    """
    if slug in OTHERS:
        return OTHERS[slug](filters, agreed.current(), now)
    return narrowed(slug, filters, Narrow(**piece), terms=agreed.current(), now=now)


def head(slug: str, rows: QuerySet[Any], *, now: datetime, **piece: str) -> Said:
    """What such rows come to."""
    return described(slug, rows, Narrow(**piece), terms=agreed.current(), now=now)


def trend(slug: str, filters: Filters, *, now: datetime, months: int = 12) -> Trend:
    """A year of a figure, month by month; empty where cells cannot tell it."""
    return _trend(slug, filters, agreed.current(), now, months=months)


KNOWN = tuple(LISTS)
"""Slugs that have a list of units."""
