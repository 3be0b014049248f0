"""How old unbilled money is, in business days since its bill could have been written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, IntegerField, QuerySet, Sum, Value, When

from integrations.sla.models import Unit
from integrations.sla.selecting import BLANK, older
from integrations.sla.shapes import Slice
from integrations.sla.terms import Terms

BUCKETS = (5, 10, 30, 60, 90)
"""Upper bounds in business days; the last bucket is open."""


def bounds(terms: Terms) -> tuple[int, ...]:
    """As the firm agreed."""
    measure = terms.measures.get("approved-not-billed", {})
    return tuple(measure.get("buckets") or BUCKETS)


def label(place: int, edges: tuple[int, ...]) -> str:
    """`0–5`, `6–10`, …, `91+`."""
    first = edges[place - 1] + 1 if place else 0
    return f"{first}+" if place == len(edges) else f"{first}–{edges[place]}"


def bucketed(rows: QuerySet[Unit], terms: Terms, now: datetime) -> QuerySet[Any]:
    """Each row with the place of its `bucket`."""
    edges = bounds(terms)
    whens = [
        When(older(now, Decimal(edge), terms), then=Value(place + 1))
        for place, edge in reversed(list(enumerate(edges)))
    ]
    return rows.annotate(bucket=Case(*whens, default=Value(0), output_field=IntegerField()))


def ageing(parts: Mapping[str, Sequence[Slice]], terms: Terms) -> list[Slice]:
    """One piece for each bucket, empty ones too, of what `ageing_by` cut by a column."""
    edges = bounds(terms)
    columns = zip(*parts.values(), strict=True) if parts else [()] * (len(edges) + 1)
    return [
        Slice(
            label(place, edges),
            sum(one.value for one in held),
            sum(one.n for one in held),
            {"bucket": str(place)},
        )
        for place, held in enumerate(columns)
    ]


def ageing_by(
    rows: QuerySet[Unit], column: str, terms: Terms, now: datetime
) -> dict[str, list[Slice]]:
    """For each value of a column one piece for each bucket, empty ones too."""
    edges = bounds(terms)
    told = bucketed(rows, terms, now).order_by().values_list(column, "bucket")
    found: dict[str, dict[int, tuple[int, int]]] = {}
    for value, place, money, n in told.annotate(Sum("worth"), Count("pk")):
        found.setdefault(str(value or BLANK), {})[place] = (money or 0, n)
    return {
        value: [
            Slice(
                label(place, edges), *held.get(place, (0, 0)), {column: value, "bucket": str(place)}
            )
            for place in range(len(edges) + 1)
        ]
        for value, held in sorted(found.items())
    }
