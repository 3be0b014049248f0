"""What the firm agreed that a metric should be, as numbers and in words. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from integrations.sla.shapes import BREACH, GOOD, QUIET, RISK
from integrations.sla.terms import Terms

UNITS = {
    "business_days": "business days",
    "business_hours": "business hours",
    "days": "days",
    "minutes": "minutes",
    "percent": "%",
    "count": "",
    "money": "",
}


def measure(metric: str, terms: Terms) -> dict[str, Any]:
    """The approved document, with its version; empty where nobody has agreed on one."""
    return dict(terms.measures.get(metric, {}))


def target(metric: str, terms: Terms, default: str) -> Decimal:
    """The limit of one thing, in the objective's unit."""
    return Decimal(_objective(metric, terms).get("target", default))


def share(metric: str, terms: Terms, default: str) -> Decimal:
    """Percent that has to keep within the target."""
    return Decimal(_objective(metric, terms).get("share", default))


def unit(metric: str, terms: Terms, default: str) -> str:
    """Of the target."""
    return str(_objective(metric, terms).get("unit", default))


def limit(metric: str, name: str, terms: Terms, default: str) -> Decimal:
    """One of its thresholds."""
    held = terms.measures.get(metric, {}).get("thresholds", {})
    return Decimal(held.get(name, default))


def _objective(metric: str, terms: Terms) -> dict[str, Any]:
    return dict(terms.measures.get(metric, {}).get("objective", {}))


def plain(number: Decimal | float) -> str:
    """`5`, `99.5`: without zeros that say nothing."""
    return f"{Decimal(str(number)).normalize():f}"


def within(metric: str, terms: Terms, *, share_of: str, default: str, of: str = "") -> str:
    """`95 % of money within 5 business days`."""
    known = UNITS[unit(metric, terms, of)]
    asked, most = share(metric, terms, share_of), target(metric, terms, default)
    return f"{plain(asked)} % within {plain(most)} {known}".rstrip()


def kept(found: float | None, wanted: Decimal, *, slack: float = 5) -> str:
    """State of a share in percent: below what is wanted, but by little, is a risk."""
    if found is None:
        return QUIET
    if found >= float(wanted):
        return GOOD
    return RISK if found >= float(wanted) - slack else BREACH
