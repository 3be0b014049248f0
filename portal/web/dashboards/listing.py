"""The list behind a number: its head, its pieces, and one page of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict

from integrations.sla import terms as agreed
from integrations.sla.models import Exposure
from integrations.sla.queries import Said
from integrations.sla.terms import Terms
from portal.accounts.models import User
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.causes import problems
from portal.web.dashboards.held import Held
from portal.web.dashboards.lists import LISTS, Listed
from portal.web.dashboards.numbers import Number, owed
from portal.web.dashboards.pieces import Cut, cut
from portal.web.dashboards.rows import Row, rows
from portal.web.shell.paging import Page, keyset

ORDERS = {"oldest": ("moment", "pk"), "amount": ("-weight", "-pk")}
QUANTILES = {"p50": "p50", "p90": "p90", "p95": "p95", "share": "of money in time", "mean": "mean",
             "p90w": "for 90 % of the money", "expected": "expected loss",
             "delay": "cost of delay"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything that the page shows."""

    slug: str
    listed: Listed
    base: str
    money: Number
    count: Number
    currencies: list[Number]
    more: list[tuple[str, Number]]
    rows: list[Row]
    page: Page[Any]
    cut: Cut | None


def listing(slug: str, asked: Asked, *, person: User, params: QueryDict, now: datetime) -> Listing:
    """A number of queries that does not grow with the list."""
    terms = agreed.current()
    held = Held.read(slug, asked, terms=terms, now=now)
    said, now = held.said, held.keep.now
    page = keyset(sortable(held.rows), order=ORDERS[asked.sort], params=params)
    known = problems(person, {one.cause for one in page.rows})
    told = rows(slug, page.rows, hop=asked.piece.get("hop", ""), known=known, terms=terms, now=now)
    return Listing(
        slug=slug,
        listed=LISTS[slug],
        base=terms.rates.base,
        money=Number("worth", said.money, currency=terms.rates.base),
        count=Number("n", said.n),
        currencies=owed(said.currencies, ""),
        more=_more(said, terms),
        rows=list(told),
        page=page,
        cut=cut(held, person=person, terms=terms),
    )


def sortable(found: QuerySet[Any]) -> QuerySet[Any]:
    """With what both orders need, and the units of exposures."""
    weight = Coalesce("worth", Value(0), output_field=BigIntegerField())
    weighed: QuerySet[Any] = found.annotate(weight=weight)
    return weighed.select_related("unit") if weighed.model is Exposure else weighed


def _more(said: Said, terms: Terms) -> list[tuple[str, Number]]:
    """What is no plain sum of money."""
    return [
        (QUANTILES[name], Number(name, value, currency=_currency(name, terms)))
        for name, value in said.more.items()
    ]


def _currency(name: str, terms: Terms) -> str:
    return terms.rates.base if name in ("expected", "delay") else ""
