"""The list behind each number, and the pieces into which it can be cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from integrations.sla.adherence import late_lines
from integrations.sla.ageing import bucketed
from integrations.sla.capturing import credits_of, earnings, missed
from integrations.sla.causing import blocked, caused
from integrations.sla.latency import late, observed, posted
from integrations.sla.models import Exposure
from integrations.sla.paying import payments
from integrations.sla.risks import exposures, recovered
from integrations.sla.rolling import PIECES, selection
from integrations.sla.selecting import SELECTIONS, Filters, plain
from integrations.sla.shapes import Slice
from integrations.sla.synchronised import settled
from integrations.sla.terms import Terms
from integrations.sla.totals import by, by_cause, units

Behind = Callable[[Filters, Terms, datetime], QuerySet[Any]]

LISTS: dict[str, Behind] = {
    **{slug: partial(units, slug) for slug in SELECTIONS},
    "roll-forward": partial(units, "lines"),
    "billing-latency": observed,
    "late-lines": late,
    "stage-split": posted,
    "hand-over": settled,
    "project-to-cash-synchronisation": settled,
    "project-to-cash-days": payments,
    "sla-adherence": late_lines,
    "revenue-capture": missed,
    "revenue-earned": earnings,
    "credits-given": credits_of,
    "revenue-at-risk": exposures,
    "recovered": recovered,
}
"""Every number that has a list; rows are units, or exposures of units."""


MOMENTS = ("start_at", "issued_at", "applied_at", "credited_at", "approved_at")
"""Since when a unit waits, by the first of these that it has."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """One piece of a list; empty means all of it."""

    bucket: str = ""
    """Place in the ageing."""
    piece: str = ""
    """Of the roll-forward."""
    part: str = ""
    cause: str = ""
    """Fingerprint of the problem; `–` where no open case blocks it."""
    stage: str = ""
    hop: str = ""


def narrowed(
    slug: str, filters: Filters, narrow: Narrow, *, terms: Terms, now: datetime
) -> QuerySet[Any]:
    """The rows, each with `worth`, `since`, `stage`, `cause` and, of units, `bucket`."""
    rows = told(LISTS[slug](filters, terms, now), filters, terms, now)
    if narrow.piece in PIECES:
        rows = rows.filter(selection(narrow.piece, filters, terms, now))
    if narrow.bucket.isdigit() and rows.model is not Exposure:
        rows = rows.filter(bucket=int(narrow.bucket))
    if narrow.part and rows.model is Exposure:
        rows = rows.filter(part=narrow.part)
    if narrow.hop:
        rows = rows.filter(**{f"{below(rows)}hops__has_key": narrow.hop})
    if narrow.cause:
        rows = rows.filter(cause=plain(narrow.cause))
    return rows.filter(stage=narrow.stage) if narrow.stage else rows


def told(rows: QuerySet[Any], filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """With what lists sort and cut by."""
    at = below(rows)
    since = F("since") if at else Coalesce(*MOMENTS, Value(now))
    names = {"moment": since, "stage": _stage(at, now)}
    rows = caused(rows.annotate(**names), filters)
    return rows if at else bucketed(rows, terms, now)


def below(rows: QuerySet[Any]) -> str:
    """Where the unit stands, as seen from a row."""
    return "unit__" if rows.model is Exposure else ""


def _stage(at: str, now: datetime) -> Case:
    """How far a line or an invoice has come."""
    reached = {"posted_at": "posted", "issued_at": "issued", "drafted_at": "drafted"}
    whens = [
        When(Q(**{f"{at}{column}__isnull": False}), then=Value(stage))
        for column, stage in reached.items()
    ]
    billable = When(Q(**{f"{at}start_at__lte": now}), then=Value("billable"))
    return Case(*whens, billable, default=Value("waiting"))


COLUMNS = ("region", "business_unit", "legal_entity", "customer", "project", "contract",
           "contract_type")  # fmt: skip
OWN = ("cause", "stage", "bucket", "part", "currency")


def cut(rows: QuerySet[Any], column: str) -> list[Slice]:
    """Pieces by a column of the unit or one of `OWN`; they add up to the rows' total."""
    if column == "cause" and rows.model is not Exposure:
        return by_cause(rows, blocked())
    path = f"{below(rows)}{column}" if column in COLUMNS else column
    return by(rows, path, name=column)
