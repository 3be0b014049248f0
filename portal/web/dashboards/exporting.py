"""A list as a file: exactly the rows that are filtered, in their own currency and in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.http import FileResponse, QueryDict, StreamingHttpResponse

from integrations.sla import queries
from integrations.sla import terms as agreed
from integrations.sla.terms import Terms
from portal.accounts.models import User
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.causes import problems
from portal.web.dashboards.listing import ORDERS, sortable
from portal.web.dashboards.lists import LISTS, RISK, Listed
from portal.web.dashboards.rows import Row, rows
from portal.web.shell import tabular
from portal.web.shell.tabular import Cell

ABOUT = ("Business key", "Customer", "Project", "Customer contract", "Unit", "Region",
         "Legal entity", "Stage", "Since", "Age, business days")  # fmt: skip


def export(
    slug: str, asked: Asked, *, person: User, params: QueryDict, now: datetime
) -> StreamingHttpResponse | FileResponse:
    """CSV or Excel, streamed."""
    terms = agreed.current()
    found = sortable(queries.items(slug, asked.filters, now=now, **asked.piece))
    ordered = found.order_by(*ORDERS[asked.sort])
    known = problems(person, set(found.order_by().values_list("cause", flat=True).distinct()))
    held = ordered.iterator(chunk_size=tabular.BATCH)
    told = rows(slug, held, hop=asked.piece.get("hop", ""), known=known, terms=terms, now=now)
    listed = LISTS[slug]
    return tabular.export(
        params, name=slug, titles=_titles(listed, terms), rows=_lines(told, listed, terms)
    )


def _titles(listed: Listed, terms: Terms) -> list[str]:
    days = [f"{listed.days}, business days"] if listed.days else []
    risk = ["Expected loss", "Cost of delay"] if listed.of == RISK else []
    money = ["Amount", "Currency", f"Amount, {terms.rates.base}"]
    return [*ABOUT, *days, *money, *risk, "Cause", "Owner"]


def _lines(told: Iterable[Row], listed: Listed, terms: Terms) -> Iterator[Sequence[Cell]]:
    base = terms.rates.base
    for row in told:
        days = [row.days] if listed.days else []
        loss = [tabular.major(row.expected, base), tabular.major(row.delay, base)]
        yield [
            row.key,
            row.customer,
            row.project,
            row.contract,
            row.business_unit,
            row.region,
            row.legal_entity,
            row.stage,
            row.since,
            round(row.age, 2),
            *days,
            tabular.major(row.owed, row.currency),
            row.currency,
            tabular.major(row.worth, base),
            *(loss if listed.of == RISK else []),
            row.cause.title if row.cause else "",
            row.cause.owner if row.cause else "",
        ]
