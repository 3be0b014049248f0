"""Money of cases, per currency and never summed over several."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case as Choice
from django.db.models import Q, QuerySet, Sum, When

from integrations.cases.models import Case


@dataclass(frozen=True, slots=True)
class Money:
    """Minor units of one currency."""

    currency: str
    minor: int


def at_risk(rows: QuerySet[Case], *, by: str = "") -> dict[str, list[Money]]:
    """Exposure per currency, and per value of `by` where asked.

    Exposure is in the reporting currency; what has not been priced yet counts with its own amount.
    """
    names = [by, "code"] if by else ["code"]
    unpriced = Q(exposure_currency="")
    sums = (
        rows.exclude(unpriced, amount_minor=None)
        .order_by()
        .annotate(code=Choice(When(unpriced, then="currency"), default="exposure_currency"))
        .values(*names)
        .annotate(minor=-Sum("priority"))
        .order_by("-minor", "code")
    )
    found: dict[str, list[Money]] = {}
    for row in sums:
        if row["minor"]:
            money = Money(row["code"], row["minor"])
            found.setdefault(row[by] if by else "", []).append(money)
    return found
