"""The exception queue as figures: how soon cases are taken on, and how soon they are closed.

All in business time of the firm's default calendar. Open cases past the objective count as bad now,
with the time that they have waited, so that the worst do not hide until they are over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, Min, Q, QuerySet

from integrations.cases.models import Case
from integrations.sla.latency import quantile
from integrations.sla.narrowing import narrowed
from integrations.sla.objectives import kept, measure, share, target, unit, within
from integrations.sla.periods import ROLLING, Span, trailing
from integrations.sla.selecting import Filters
from integrations.sla.shapes import Figure
from integrations.sla.terms import Terms

ACKNOWLEDGED, RESOLVED = "case-acknowledged", "case-resolved"
HOUR = 3_600
DEFAULTS = {ACKNOWLEDGED: ("2", "business_hours"), RESOLVED: ("1", "business_days")}
ENDS = {ACKNOWLEDGED: "taken_at", RESOLVED: "closed_at"}
TITLES = {ACKNOWLEDGED: "Time to a claimed case", RESOLVED: "Time to a closed case"}


def about(filters: Filters) -> QuerySet[Any]:
    """Cases of the reader's domains that concern what is asked for."""
    return narrowed(
        Case.objects.all(), filters, domain="domain", at="message__", business_key="business_key"
    )


def cases(filters: Filters) -> QuerySet[Any]:
    """All that concern what is asked for, each with when it was `taken_at` and its `worth`."""
    rows = about(filters)
    claimed = Min("events__at", filter=Q(events__action="claimed"))
    found: QuerySet[Any] = rows.annotate(taken_at=claimed, worth=F("exposure_minor"))
    return found


def ended(metric: str, filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """Cases whose wait ended in the period, and those that wait past the objective now."""
    end, edge = ENDS[metric], _edge(metric, terms, now)
    waiting = Q(**{f"{end}__isnull": True}) & Q(opened_at__lt=edge, closed_at=None)
    return cases(filters).filter(_span(filters, terms, now).holds(end) | waiting)


def timed(metric: str, filters: Filters, terms: Terms, now: datetime) -> Figure:
    """Median and tail of one wait."""
    rows = ended(metric, filters, terms, now).values_list("opened_at", ENDS[metric])
    waits = sorted(_wait(opened, end or now, metric, terms) for opened, end in rows)
    most = float(target(metric, terms, DEFAULTS[metric][0]))
    good = sum(wait <= most for wait in waits)
    kept_share = 100 * good / len(waits) if waits else None
    return Figure(
        slug=metric,
        title=TITLES[metric],
        value=quantile(waits, 0.5),
        unit=unit(metric, terms, DEFAULTS[metric][1]),
        n=len(waits),
        state=kept(kept_share, share(metric, terms, "90")),
        said=f"{kept_share:.1f} % in time" if kept_share is not None else "there was no case",
        objective=within(
            metric, terms, share_of="90", default=DEFAULTS[metric][0], of=DEFAULTS[metric][1]
        ),
        measure=measure(metric, terms),
        parts={"p50": quantile(waits, 0.5), "p90": quantile(waits, 0.9), "share": kept_share},
    )


def acknowledged(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """From a case's opening to its first claim."""
    return timed(ACKNOWLEDGED, filters, terms, now)


def resolved(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """From a case's opening to its end."""
    return timed(RESOLVED, filters, terms, now)


def _span(filters: Filters, terms: Terms, now: datetime) -> Span:
    return trailing(filters, terms, now, ROLLING)


def _per(metric: str, terms: Terms) -> float:
    """Seconds of one unit of the objective."""
    hours = unit(metric, terms, DEFAULTS[metric][1]) == "business_hours"
    return HOUR if hours else terms.default.day_seconds


def _edge(metric: str, terms: Terms, now: datetime) -> datetime:
    most = float(target(metric, terms, DEFAULTS[metric][0]))
    return terms.default.back(now, most * _per(metric, terms))


def _wait(opened: datetime, end: datetime, metric: str, terms: Terms) -> float:
    return max(terms.default.seconds_between(opened, end), 0.0) / _per(metric, terms)
