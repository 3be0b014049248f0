"""Project to cash by the calendar: from the last approval until the money is applied.

Each payment counts with its own amount, so an invoice that is paid in parts counts pro rata; the
days that the customer may take by contract are taken off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from integrations.sla.facts import chunks
from integrations.sla.hops import weighted
from integrations.sla.lifecycle import Kind
from integrations.sla.models import Unit
from integrations.sla.objectives import kept, measure, share, target, within
from integrations.sla.periods import trailing
from integrations.sla.selecting import Filters, worth
from integrations.sla.shapes import Figure
from integrations.sla.terms import Terms

METRIC = "project-to-cash-days"
DAY = 86_400


def cash_days(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """Calendar days; value is the 90th percentile by money."""
    rows = list(payments(filters, terms, now))
    made = _days(rows, terms)
    whole, most = sum(money for _, money in made), float(target(METRIC, terms, "60"))
    good = sum(money for days, money in made if days <= most)
    kept_share = 100 * good / whole if whole else None
    p90 = weighted(made, 0.9)
    return Figure(
        slug=METRIC,
        title="Project to cash",
        value=p90,
        unit="days",
        n=len(rows),
        state=kept(kept_share, share(METRIC, terms, "90")),
        said=f"{kept_share:.1f} % of money in time" if kept_share is not None else "nothing paid",
        objective=within(METRIC, terms, share_of="90", default="60", of="days"),
        measure=measure(METRIC, terms),
        parts={
            "p50": weighted(made, 0.5),
            "p90": p90,
            "share": kept_share,
            "money": sum(row.worth or 0 for row in rows),
        },
    )


def payments(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """Payments applied to an invoice in the period; ever, where none is asked for."""
    rows = Unit.objects.filter(unit=Kind.PAYMENT, applied_at__lte=now).exclude(invoice="")
    if filters.first or filters.last:
        rows = rows.filter(trailing(filters, terms, now, 36_500).holds("applied_at"))
    if chosen := filters.q():
        mine = Unit.objects.filter(chosen, unit=Kind.INVOICE)
        rows = rows.filter(invoice__in=mine.values("key"))
    return rows.annotate(worth=worth(filters, terms, now))


def _days(rows: Iterable[Any], terms: Terms) -> list[tuple[float, int]]:
    """Days and money of each payment whose invoice and approvals are known."""
    numbers = sorted({row.invoice for row in rows})
    approved, allowed = _approved(numbers), _allowed(numbers, terms)
    found = []
    for row in rows:
        start = approved.get(row.invoice)
        if start is not None:
            days = (row.applied_at - start).total_seconds() / DAY
            net = max(days - allowed.get(row.invoice, 0.0), 0.0)
            found.append((net, abs(row.worth or 0)))
    return found


def _approved(numbers: Sequence[str]) -> dict[str, datetime]:
    """Invoice → the last approval of its lines."""
    found: dict[str, datetime] = {}
    for chunk in chunks(numbers):
        lines = Unit.objects.filter(unit=Kind.LINE, invoice__in=chunk, approved_at__isnull=False)
        found |= lines.order_by().values_list("invoice").annotate(Max("approved_at"))
    return found


def _allowed(numbers: Sequence[str], terms: Terms) -> dict[str, float]:
    """Invoice → days from its issue until it is due, by the payment terms it states."""
    found = {}
    for chunk in chunks(numbers):
        rows = Unit.objects.filter(unit=Kind.INVOICE, key__in=chunk, issued_at__isnull=False)
        for key, issued, due, entity in rows.values_list(
            "key", "issued_at", "attributes__due_on", "legal_entity"
        ):
            if due and issued and (end := terms.first_moment(str(due), entity)):
                found[key] = max((end - issued).total_seconds() / DAY, 0.0)
    return found
