"""SLA adherence: of the lines that were due, how many were posted in time; and the error budget.

A line is due when the agreed business days since it could be billed are over. Lines that are still
open past that moment are bad now, however long ago they were due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from integrations.sla.budgets import Alert, Budget, Counted, burn, said
from integrations.sla.latency import OPEN, slow, threshold
from integrations.sla.lifecycle import Kind
from integrations.sla.models import Unit
from integrations.sla.objectives import limit, measure, plain, share
from integrations.sla.periods import ROLLING, Span, trailing
from integrations.sla.selecting import Filters, older, worth
from integrations.sla.shapes import Figure
from integrations.sla.terms import Terms

METRIC = "sla-adherence"
MARGIN = 10
"""Business days by which calendars may differ, so that no line is left out early."""
ALERTS = {"fast": ("2", "6"), "slow": ("5", "2")}
"""Alert → business days it looks back, and the burn rate at which it rings, where not agreed."""


def adherence(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """Good ÷ valid with its budget in words."""
    told = _counts(filters, terms, now)
    budget = Budget(told["whole"], share(METRIC, terms, "95"))
    permitted = float(budget.fraction)
    rings = {name: _alert(name, terms).rings(told[name], permitted) for name in ALERTS}
    days = budget.days_left(told["slow"], float(_looks_back("slow", terms)))
    return Figure(
        slug=METRIC,
        title="SLA adherence",
        value=budget.adherence,
        unit="percent",
        n=budget.counted.valid,
        state=budget.state(fast=rings["fast"], slow=rings["slow"]),
        said=said(budget, days),
        objective=_objective(budget, terms),
        measure=measure(METRIC, terms),
        parts={
            "bad": budget.counted.bad,
            "permitted": budget.permitted,
            "left": budget.left,
            "days_left": days,
            **{f"{name}_burn": burn(told[name], permitted) for name in ALERTS},
            **{f"{name}_alert": rang for name, rang in rings.items()},
        },
    )


def _objective(budget: Budget, terms: Terms) -> str:
    days = plain(threshold(terms))
    return f"{plain(budget.share)} % of lines within {days} business days"


def late_lines(filters: Filters, terms: Terms, now: datetime) -> QuerySet[Any]:
    """The lines that used the budget."""
    span = _window(filters, terms, now)
    rows = Unit.objects.filter(filters.q(), _near(span.first, terms), _bad(span, terms, now))
    return rows.filter(unit=Kind.LINE, start_at__lt=now).annotate(worth=worth(filters, terms, now))


def _counts(filters: Filters, terms: Terms, now: datetime) -> dict[str, Counted]:
    spans = {"whole": _window(filters, terms, now)}
    for name in ALERTS:
        days = float(_looks_back(name, terms))
        spans[name] = Span(terms.default.back(now, days * terms.default.day_seconds), now)
    rows = Unit.objects.filter(
        _near(min(span.first for span in spans.values()), terms),
        filters.q(),
        unit=Kind.LINE,
        start_at__lt=now,
        written_off_at=None,
    )
    return _counted(rows, spans, terms, now)


def _counted(
    rows: QuerySet[Any], spans: Mapping[str, Span], terms: Terms, now: datetime
) -> dict[str, Counted]:
    """Each line is judged once, and those that were judged alike are counted together."""
    edges = sorted({now, *(edge for span in spans.values() for edge in (span.first, span.last))})
    over = [_whether(older(edge, threshold(terms), terms)) for edge in edges]
    judged = rows.order_by().values_list(_whether(_missed(terms)), _whether(OPEN), *over)
    valid, bad = Counter[str](), Counter[str]()
    for missed, still, *passed, n in judged.annotate(Count("pk")):
        due = dict(zip(edges, passed, strict=True))
        for name, span in spans.items():
            ever = name == "whole" and still and due[now]
            if ever or (due[span.last] and not due[span.first]):
                valid[name] += n
                bad[name] += n if missed or ever else 0
    return {name: Counted(valid[name], bad[name]) for name in spans}


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _window(filters: Filters, terms: Terms, now: datetime) -> Span:
    days = int(limit(METRIC, "rolling_days", terms, str(ROLLING)))
    return trailing(filters, terms, now, days)


def _near(first: datetime, terms: Terms) -> Q:
    """What can have been due since then or is open, by two indices instead of all lines."""
    reach = float(threshold(terms) + MARGIN) * terms.default.day_seconds
    return Q(start_at__gte=terms.default.back(first, reach)) | OPEN


def _looks_back(name: str, terms: Terms) -> Any:
    return limit(METRIC, f"{name}_burn_days", terms, ALERTS[name][0])


def _alert(name: str, terms: Terms) -> Alert:
    rate = limit(METRIC, f"{name}_burn_rate", terms, ALERTS[name][1])
    return Alert(float(rate), int(limit(METRIC, "minimum_bad", terms, "5")))


def _bad(span: Span, terms: Terms, now: datetime) -> Q:
    return Q(written_off_at=None) & (_due(span, terms) & _missed(terms) | _open_late(terms, now))


def _due(span: Span, terms: Terms) -> Q:
    """Its time was up within the span."""
    days = threshold(terms)
    return older(span.last, days, terms) & ~older(span.first, days, terms)


def _open_late(terms: Terms, now: datetime) -> Q:
    return OPEN & older(now, threshold(terms), terms)


def _missed(terms: Terms) -> Q:
    """It took longer than agreed, or is not over."""
    return Q(latency_seconds=None) | slow(terms)
