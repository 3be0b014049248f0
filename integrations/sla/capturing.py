"""Revenue capture: of what was earned and could be billed in a month, what was invoiced in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from integrations.sla.lifecycle import Kind
from integrations.sla.models import Unit
from integrations.sla.objectives import kept, limit, measure, plain, share
from integrations.sla.periods import Span, last_month, months
from integrations.sla.selecting import Filters, worth
from integrations.sla.shapes import Figure
from integrations.sla.terms import Terms
from integrations.sla.totals import total

METRIC = "revenue-capture"


def capture(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """Percent of money; the rest is the list of what was missed."""
    earned, n = total(earnings(filters, terms, now))
    lost, lost_n = total(missed(filters, terms, now))
    wanted = share(METRIC, terms, "99.5")
    rate = 100 * (earned - lost) / earned if earned > 0 else None
    invoiced, _ = total(_billed(filters, terms, now))
    adjusted, _ = total(credits_of(filters, terms, now))
    given_back = 100 * abs(adjusted) / invoiced if invoiced else 0.0
    return Figure(
        slug=METRIC,
        title="Revenue capture",
        value=rate,
        unit="percent",
        n=n,
        state=kept(rate, wanted),
        said=f"{lost_n} lines were not invoiced in the month in which they could be"
        if n
        else "nothing was earned",
        objective=f"{plain(wanted)} % of money in its month",
        measure=measure(METRIC, terms),
        parts={
            "earned": earned,
            "captured": earned - lost,
            "missed": lost,
            "invoiced": invoiced,
            "adjusted": adjusted,
            "adjusted_share": given_back,
        },
    )


def earnings(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """Lines that could be billed first in the period; the newest whole month by default."""
    span = last_month(filters, terms, now)
    rows = Unit.objects.filter(filters.q(), span.holds("start_at"), unit=Kind.LINE)
    over = Q(issued_at__isnull=False) | Q(start_at__lt=_this_month(terms, now))
    return rows.filter(over, written_off_at=None).annotate(worth=worth(filters, terms, now))


def missed(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """Those of them that no invoice of the same month holds."""
    in_time = Q(pk__in=[])
    for month in months(last_month(filters, terms, now), terms):
        in_time |= month.holds("start_at") & Q(issued_at__lt=month.last)
    return earnings(filters, terms, now).exclude(in_time & Q(issued_at__isnull=False))


def credits_of(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """Credits given within 90 days after the period's invoices."""
    days = int(limit(METRIC, "adjusted_within_days", terms, "90"))
    span = last_month(filters, terms, now)
    until = Span(span.first, min(span.last + timedelta(days=days), now))
    invoices = _billed(filters, terms, now).values("key")
    rows = Unit.objects.filter(until.holds("credited_at"), unit=Kind.CREDIT, invoice__in=invoices)
    return rows.annotate(worth=worth(filters, terms, now))


def _billed(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    span = last_month(filters, terms, now)
    rows = Unit.objects.filter(filters.q(), span.holds("issued_at"), unit=Kind.INVOICE)
    return rows.annotate(worth=worth(filters, terms, now))


def _this_month(terms: Terms, now: datetime) -> datetime:
    return months(Span(now, now + timedelta(microseconds=1)), terms)[0].first
