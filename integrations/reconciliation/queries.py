"""Reading comparisons: how well each matches, what is broken, who answered for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.functions import Abs

from integrations.reconciliation.lifecycle import SOUND, BreakState, Outcome, Side, SignState
from integrations.reconciliation.models import (
    Break,
    ComparedRecord,
    PeriodSignOff,
    Reconciliation,
)

ORDER = ("-id",)


@dataclass(slots=True)
class Money:
    """One currency of one comparison, in minor units."""

    currency: str
    compared: int = 0
    matched: int = 0
    disputed: int = 0
    """Σ|difference|."""
    net: int = 0

    @property
    def rate(self) -> float | None:
        """Per cent of the amount that is matched; None where nothing was compared."""
        return 100 * self.matched / self.compared if self.compared else None


@dataclass(slots=True)
class Standing:
    """One comparison as it stands."""

    row: Reconciliation
    records: int = 0
    matched: int = 0
    breaks: int = 0
    under_way: int = 0
    oldest: datetime | None = None
    money: dict[str, Money] = field(default_factory=dict)
    signed: PeriodSignOff | None = None

    def of(self, currency: str) -> Money:
        """The figures of a currency."""
        return self.money.setdefault(currency, Money(currency))


def standings(rows: Iterable[Reconciliation]) -> list[Standing]:
    """In three queries for any number of comparisons."""
    found = {row.pk: Standing(row) for row in rows}
    _records(found)
    _breaks(found)
    last = PeriodSignOff.objects.filter(reconciliation__in=found).exclude(state=SignState.REFUSED)
    for one in last.select_related("signed_by", "second_by").order_by("end", "pk"):
        found[one.reconciliation_id].signed = one
    return list(found.values())


def _records(found: dict[int, Standing]) -> None:
    """The left side, and of the right what the left lacks."""
    asked = Q(side=Side.LEFT) | Q(outcome=Outcome.MISSING_LEFT)
    rows = ComparedRecord.objects.filter(asked, reconciliation__in=found)
    told = rows.order_by().values_list("reconciliation", "outcome", "currency")
    for pk, outcome, currency, n, amount in told.annotate(
        n=Count("pk"), amount=Sum(Abs("amount_minor"))
    ):
        one, sound = found[pk], outcome in SOUND
        one.records += n
        one.matched += n if sound else 0
        if currency:
            money = one.of(currency)
            money.compared += amount or 0
            money.matched += (amount or 0) if sound else 0


def _breaks(found: dict[int, Standing]) -> None:
    rows = Break.objects.filter(reconciliation__in=found).exclude(state=BreakState.HEALED)
    told = rows.order_by().values_list("reconciliation", "state", "currency")
    figures = told.annotate(
        n=Count("pk"),
        disputed=Sum(Abs("difference_minor")),
        net=Sum("difference_minor"),
        first=Min("since"),
    )
    for pk, state, currency, n, disputed, net, since in figures:
        one = found[pk]
        if state == BreakState.UNDER_WAY:
            one.under_way += n
            continue
        one.breaks += n
        one.oldest = min(one.oldest or since, since)
        if currency:
            money = one.of(currency)
            money.disputed, money.net = money.disputed + disputed, money.net + net


def comparisons() -> QuerySet[Reconciliation]:
    """Those that run."""
    rows = Reconciliation.objects.filter(ended_at=None)
    return rows.select_related("flow__domain").order_by("name", "pk")


def breaks(*, state: str = BreakState.OPEN, slug: str = "", kind: str = "") -> QuerySet[Break]:
    """Newest first."""
    rows = Break.objects.select_related("reconciliation", "case")
    if state:
        rows = rows.filter(state=state)
    if slug:
        rows = rows.filter(reconciliation__slug=slug)
    if kind:
        rows = rows.filter(kind=kind)
    return rows


def summed(rows: QuerySet[Break]) -> list[dict[str, Any]]:
    """Count, Σ|difference| and net of a list of breaks, by currency."""
    told = rows.order_by("currency").values("currency")
    figures = told.annotate(
        n=Count("pk"), disputed=Sum(Abs("difference_minor")), net=Sum("difference_minor")
    )
    return [dict(one) for one in figures]
