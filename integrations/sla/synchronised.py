"""Project-to-cash synchronisation: how long systems took to hand settled work over, by money."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from integrations.sla.hops import handed_over, weighted
from integrations.sla.lifecycle import Kind
from integrations.sla.models import Unit
from integrations.sla.objectives import kept, measure, share, target, within
from integrations.sla.periods import trailing
from integrations.sla.selecting import Filters, worth
from integrations.sla.shapes import Figure
from integrations.sla.terms import Terms

METRIC = "project-to-cash-synchronisation"


def synchronisation(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """Business days between systems, without contractual waiting and payment terms."""
    made = [
        (handed_over(hops) / terms.calendar(entity).day_seconds, abs(money or 0))
        for hops, entity, money in settled(filters, terms, now).values_list(
            "hops", "legal_entity", "worth"
        )
    ]
    whole, most = sum(money for _, money in made), float(target(METRIC, terms, "5"))
    good = sum(money for days, money in made if days <= most)
    kept_share = 100 * good / whole if whole else None
    p90 = weighted(made, 0.9)
    return Figure(
        slug=METRIC,
        title="Project-to-cash synchronisation",
        value=p90,
        unit="business_days",
        n=len(made),
        state=kept(kept_share, share(METRIC, terms, "90")),
        said=_said(kept_share, len(made)),
        objective=within(METRIC, terms, share_of="90", default="5", of="business_days"),
        measure=measure(METRIC, terms),
        parts={"p50": weighted(made, 0.5), "p90": p90, "share": kept_share, "money": whole},
    )


def _said(kept_share: float | None, n: int) -> str:
    if kept_share is None:
        return "no line was settled"
    return f"{kept_share:.1f} % of money handed over in time, {n} lines settled"


def settled(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """Lines whose invoice was paid in full in the period; ever, where none is asked for."""
    rows = Unit.objects.filter(filters.q(), unit=Kind.LINE, applied_at__isnull=False)
    if filters.first or filters.last:
        rows = rows.filter(trailing(filters, terms, now, 36_500).holds("applied_at"))
    return rows.annotate(worth=worth(filters, terms, now))
