"""The figures of the finance page, each with its objective and the sentence that it says."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from integrations.sla.latency import METRIC, latency, threshold
from integrations.sla.risks import exposures, parts, recovered
from integrations.sla.selecting import Filters, limit, older
from integrations.sla.shapes import BREACH, GOOD, QUIET, RISK, Figure
from integrations.sla.terms import Terms
from integrations.sla.totals import total, totals, units


def billing_latency(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """Median and tail of the lines posted in the period and of those that are late now."""
    found, days = latency(filters, terms, now), threshold(terms)
    wanted = Decimal(_objective(METRIC, terms).get("share", "95"))
    share = found.share
    late = f"{found.open_late} open lines are late" if found.open_late else "no open line is late"
    said = "Nothing was posted" if share is None else f"{share:.1f} % of money in time, {late}"
    return Figure(
        slug=METRIC,
        title="Billing latency",
        value=found.p50,
        unit="business_days",
        n=found.n,
        state=_state(share, wanted),
        said=said,
        objective=f"{wanted.normalize():f} % of money within {days.normalize():f} business days",
        measure=dict(terms.measures.get(METRIC, {})),
        parts={"p50": found.p50, "p90": found.p90, "p95": found.p95, "share": share},
    )


def _state(share: float | None, wanted: Decimal) -> str:
    if share is None:
        return QUIET
    if share >= float(wanted):
        return GOOD
    return RISK if share >= float(wanted) - 5 else BREACH


def _objective(metric: str, terms: Terms) -> dict[str, Any]:
    return dict(terms.measures.get(metric, {}).get("objective", {}))


def not_billed(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """Approved money on no issued invoice, and how much of it is old."""
    slug = "approved-not-billed"
    rows = units(slug, filters, terms, now)
    money, n, currencies = totals(rows)
    old = older(now, limit(terms), terms)
    told = rows.aggregate(
        late=Sum("worth", filter=old), n=Count("pk", filter=old), hours=Sum("hours")
    )
    late, late_n, hours = told["late"] or 0, told["n"], told["hours"] or 0
    lately, _ = total(units("approved-lately", filters, terms, now))
    share = 100 * late / lately if lately else (100.0 if late else 0.0)
    allowed = Decimal(_objective(slug, terms).get("target", "1"))
    days = limit(terms).normalize()
    return Figure(
        slug=slug,
        title="Approved, not billed",
        value=money,
        unit="money",
        n=n,
        currencies=currencies,
        state=GOOD if share <= float(allowed) else BREACH,
        said=f"{late_n} lines are older than {days:f} business days: {share:.1f} %",
        objective=f"at most {allowed.normalize():f} % older than {days:f} business days",
        measure=dict(terms.measures.get(slug, {})),
        parts={"late": late, "lately": lately, "share": share, "hours": hours},
    )


def at_risk(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """What open cases block, each unit once, and what came free of it in the period."""
    rows = exposures(filters, terms, now)
    money, n, currencies = totals(rows)
    told = rows.aggregate(expected=Sum("expected_minor"), delay=Sum("delay_minor"))
    free, _ = total(recovered(filters, terms, now))
    return Figure(
        slug="revenue-at-risk",
        title="Revenue at risk",
        value=money,
        unit="money",
        n=n,
        currencies=currencies,
        state=RISK if money else GOOD,
        said=f"{n} units behind open cases" if n else "no open case blocks money",
        objective="each unit once, under its earliest open cause",
        measure=dict(terms.measures.get("revenue-at-risk", {})),
        parts={
            **parts(rows),
            "expected": told["expected"] or 0,
            "delay": told["delay"] or 0,
            "recovered": free,
        },
    )


def posting(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """Invoices that billing issued and the ledger has not."""
    return _invoices("issued-not-posted", "Issued, not posted", filters, terms, now)


def failed(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """Those of them that stopped at a case."""
    return _invoices("failed-posts", "Invoices failed to post", filters, terms, now)


def _invoices(slug: str, title: str, filters: Filters, terms: Terms, now: datetime) -> Figure:
    rows = units(slug, filters, terms, now)
    money, n, currencies = totals(rows)
    return Figure(
        slug=slug,
        title=title,
        value=money,
        unit="money",
        n=n,
        currencies=currencies,
        state=BREACH if n else GOOD,
        said=f"{n} invoices" if n else "every invoice is posted",
        objective="every invoice within 1 business day",
        measure=dict(terms.measures.get(slug, {})),
    )


def mismatches(filters: Filters, terms: Terms, now: datetime) -> Figure:
    """Unbilled money under customer contracts whose version differs between systems."""
    slug = "contract-version-mismatch"
    rows = units(slug, filters, terms, now)
    money, n, currencies = totals(rows)
    contracts = rows.order_by().values("contract").distinct().count()
    return Figure(
        slug=slug,
        title="Customer-contract version mismatch",
        value=money,
        unit="money",
        n=n,
        currencies=currencies,
        state=BREACH if n else GOOD,
        said=f"{contracts} customer contracts" if contracts else "every system agrees",
        objective="none older than 4 business hours",
        measure=dict(terms.measures.get(slug, {})),
        parts={"contracts": contracts},
    )
