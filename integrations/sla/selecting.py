"""Which units a number counts: every figure and its list come from the same selection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, Expression, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Round

from governance.agreements.transforms import digits_of
from integrations.cases import settling
from integrations.sla.lifecycle import Kind
from integrations.sla.models import Unit
from integrations.sla.reaching import within
from integrations.sla.terms import Terms
from integrations.sla.versions import mismatched

LATE_AFTER = "overdue_after_business_days"
ABOUT = (
    "region",
    "business_unit",
    "legal_entity",
    "customer",
    "project",
    "contract",
    "contract_type",
)
BLANK = "–"
"""As the value of a filter: where nothing is told."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader narrowed the page to; empty means everything.

    `first` and `last` are days of the period, both within. With `constant_fx` money is converted
    at the rate of the last day of the period, so that growth is not the currency's.
    """

    first: date | None = None
    last: date | None = None
    region: str = ""
    business_unit: str = ""
    legal_entity: str = ""
    customer: str = ""
    project: str = ""
    contract: str = ""
    contract_type: str = ""
    currency: str = ""
    constant_fx: bool = False
    domains: frozenset[int] | None = None
    """Only what flows of these domains told; None: of all."""

    def q(self, prefix: str = "") -> Q:
        """The condition on units, below `prefix`."""
        named = {name: getattr(self, name) for name in (*ABOUT, "currency")}
        told = {f"{prefix}{name}": plain(value) for name, value in named.items() if value}
        return Q(**told) & within(self.domains, prefix)

    def query(self) -> dict[str, str]:
        """As it stands in a URL."""
        names = [field.name for field in fields(self) if field.name != "domains"]
        told = {name: getattr(self, name) for name in names}
        return {name: str(int(v) if v is True else v) for name, v in told.items() if v}


def plain(value: str) -> str:
    """As it stands in the column."""
    return "" if value == BLANK else value


Select = Callable[[datetime, Terms], QuerySet[Unit]]


def _lines(now: datetime) -> QuerySet[Unit]:
    return Unit.objects.filter(unit=Kind.LINE, approved_at__lte=now)


def unbilled(now: datetime, terms: Terms) -> QuerySet[Unit]:
    """Approved lines that stand on no issued invoice and are not written off."""
    return _lines(now).filter(issued_at=None, written_off_at=None)


def unbilled_late(now: datetime, terms: Terms) -> QuerySet[Unit]:
    """Those of them that could have been billed for more business days than the limit."""
    return unbilled(now, terms).filter(older(now, limit(terms), terms))


def approved_lately(now: datetime, terms: Terms) -> QuerySet[Unit]:
    """Lines approved in the trailing 30 days."""
    return _lines(now).filter(approved_at__gt=now - timedelta(days=30), written_off_at=None)


def unposted(now: datetime, terms: Terms) -> QuerySet[Unit]:
    """Invoices that billing issued and the ERP has not posted."""
    return Unit.objects.filter(unit=Kind.INVOICE, issued_at__lte=now, posted_at=None)


def failed_posts(now: datetime, terms: Terms) -> QuerySet[Unit]:
    """Those of them whose latest attempt failed: what never got that far was not refused."""
    refused = settling.live().exclude(operation=None)
    return unposted(now, terms).filter(key__in=refused.values("business_key"))


def lines(now: datetime, terms: Terms) -> QuerySet[Unit]:
    """Every line."""
    return Unit.objects.filter(unit=Kind.LINE)


def under_mismatch(now: datetime, terms: Terms) -> QuerySet[Unit]:
    """Unbilled lines under customer contracts whose version differs between systems."""
    return unbilled(now, terms).filter(contract__in=list(mismatched()))


def limit(terms: Terms, metric: str = "approved-not-billed", default: str = "10") -> Decimal:
    """The age in business days past which an unbilled line is late."""
    measure = terms.measures.get(metric, {})
    return Decimal(measure.get("thresholds", {}).get(LATE_AFTER, default))


def older(now: datetime, days: Decimal, terms: Terms, column: str = "start_at") -> Q:
    """Older than so many business days, each by the calendar of its legal entity."""
    condition = Q()
    for entity, calendar in terms.calendars.items():
        edge = calendar.back(now, float(days) * calendar.day_seconds)
        condition |= Q(**{"legal_entity": entity, f"{column}__lt": edge})
    edge = terms.default.back(now, float(days) * terms.default.day_seconds)
    others = ~Q(legal_entity__in=list(terms.calendars))
    return condition | (others & Q(**{f"{column}__lt": edge}))


def worth(filters: Filters, terms: Terms, now: datetime, prefix: str = "") -> Any:
    """Minor units of the reporting currency: at the event's rate, or at one rate for all."""
    if not filters.constant_fx:
        return F(f"{prefix}base_minor")
    day = filters.last or terms.default.day_of(now)
    whens = []
    for currency in [terms.rates.base, *terms.rates.dated]:
        found = terms.rates.at(currency, day)
        if found is not None:
            whens.append(
                When(**{f"{prefix}currency": currency}, then=_at(found[0], currency, terms, prefix))
            )
    return Case(*whens, default=Value(None), output_field=BigIntegerField())


def _at(rate: Decimal, currency: str, terms: Terms, prefix: str) -> Expression:
    factor = rate * Decimal(10) ** (digits_of(terms.rates.base) - digits_of(currency))
    return Cast(Round(F(f"{prefix}amount_minor") * Value(float(factor))), BigIntegerField())


SELECTIONS: dict[str, Select] = {
    "approved-not-billed": unbilled,
    "approved-not-billed-late": unbilled_late,
    "approved-lately": approved_lately,
    "issued-not-posted": unposted,
    "failed-posts": failed_posts,
    "contract-version-mismatch": under_mismatch,
    "lines": lines,
}
"""Figures whose list is a set of units."""
