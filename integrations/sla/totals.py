"""Adding selections up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Sum

from integrations.sla.models import Unit
from integrations.sla.selecting import BLANK, SELECTIONS, Filters, worth
from integrations.sla.shapes import Slice
from integrations.sla.terms import Terms


def units(slug: str, filters: Filters, terms: Terms, now: datetime) -> QuerySet[Unit]:
    """The list behind a figure, each row with `worth` in the reporting currency."""
    found = SELECTIONS[slug](now, terms).filter(filters.q())
    return found.annotate(worth=worth(filters, terms, now))


def total(rows: QuerySet[Any]) -> tuple[int, int]:
    """Minor units of the reporting currency, and how many rows."""
    told = rows.aggregate(money=Sum("worth"), n=Count("pk"))
    return told["money"] or 0, told["n"]


def totals(rows: QuerySet[Any], column: str = "amount_minor") -> tuple[int, int, dict[str, int]]:
    """`total` and `by_currency` in one reading."""
    told = rows.order_by().values_list("currency")
    pieces = list(told.annotate(Sum("worth"), Count("pk"), Sum(column)))
    owed = {currency: own or 0 for currency, _, _, own in sorted(pieces) if currency}
    return sum(money or 0 for _, money, *_ in pieces), sum(n for _, _, n, _ in pieces), owed


def by_currency(rows: QuerySet[Any], column: str = "amount_minor") -> dict[str, int]:
    """Minor units by the currency in which they are owed."""
    told = rows.order_by().values_list("currency").annotate(Sum(column))
    return {currency: money or 0 for currency, money in sorted(told) if currency}


def by(rows: QuerySet[Any], column: str, *, name: str = "") -> list[Slice]:
    """A piece for each value of a column, the largest first; `name` is what a URL calls it."""
    told = rows.order_by().values_list(column).annotate(Sum("worth"), Count("pk"))
    pieces: Iterable[Slice] = (
        Slice(said, money or 0, n, {name or column: said})
        for said, money, n in ((_said(value), money, n) for value, money, n in told)
    )
    return sorted(pieces, key=_order)


def by_cause(rows: QuerySet[Any], blocked: QuerySet[Any]) -> list[Slice]:
    """The same by `cause`, which is looked up for the few that are blocked; the rest has none."""
    named = by(rows.filter(pk__in=blocked).exclude(cause=""), "cause")
    money, n = total(rows)
    rest, free = money - sum(one.value for one in named), n - sum(one.n for one in named)
    if free:
        named.append(Slice(BLANK, rest, free, {"cause": BLANK}))
    return sorted(named, key=_order)


def _order(piece: Slice) -> tuple[int, str]:
    return -piece.value, piece.label


def _said(value: Any) -> str:
    return BLANK if value in (None, "") else str(value)
