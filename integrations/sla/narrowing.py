"""Rows of other rooms narrowed to what a reader asked for: by the units that their records told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from integrations.sla.models import MilestoneFact, Unit
from integrations.sla.selecting import Filters, worth
from integrations.sla.terms import Terms


def narrowed(
    rows: QuerySet[Any],
    filters: Filters,
    *,
    domain: str,
    at: str = "",
    business_key: str = "",
) -> QuerySet[Any]:
    """Rows whose message told a unit that is asked for; `at` is the way to it, such as `message__`.

    With `business_key`, also those that name such a unit in that column; `domain` is the column of
    the domain to which a row itself belongs.
    """
    if filters.domains is not None:
        rows = rows.filter(**{f"{domain}__in": filters.domains})
    chosen = replace(filters, domains=None).q()
    if not chosen:
        return rows
    units = Unit.objects.filter(chosen, unit=OuterRef("unit"), key=OuterRef("key"))
    told = MilestoneFact.objects.filter(
        Exists(units), flow=OuterRef(f"{at}flow"), record=OuterRef(f"{at}key")
    )
    found = Q(Exists(told))
    if business_key:
        found |= Q(Exists(Unit.objects.filter(chosen, key=OuterRef(business_key))))
    return rows.filter(found)


def priced(rows: QuerySet[Any], terms: Terms, now: datetime, prefix: str = "") -> QuerySet[Any]:
    """With the `worth` of their own amount in the reporting currency, at today's rate."""
    today = replace(Filters(), constant_fx=True)
    found: QuerySet[Any] = rows.annotate(worth=worth(today, terms, now, prefix))
    return found
