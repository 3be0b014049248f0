"""Which problem blocks what: the fingerprint of the case under which a unit is at risk."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from integrations.sla.lifecycle import RiskState
from integrations.sla.models import Exposure
from integrations.sla.selecting import Filters


def blocked() -> QuerySet[Any]:
    """Units at risk, under whatever case."""
    return Exposure.objects.filter(state=RiskState.AT_RISK).values("unit")


def caused(rows: QuerySet[Any], filters: Filters) -> QuerySet[Any]:
    """Each row with its `cause`; empty where no open case of the reader's domains blocks it."""
    if rows.model is Exposure:
        under: QuerySet[Any] = rows.annotate(cause=F("case__fingerprint"))
        return under
    held = Exposure.objects.filter(unit=OuterRef("pk"), state=RiskState.AT_RISK)
    if filters.domains is not None:
        held = held.filter(case__domain__in=filters.domains)
    found = Subquery(held.values("case__fingerprint")[:1])
    named: QuerySet[Any] = rows.annotate(cause=Coalesce(found, Value("")))
    return named
