"""What went through flows: records and money."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from integrations.messages.models import InboxMessage

MONTH = timedelta(days=30)
SECONDS = 60


@dataclass(slots=True)
class Traffic:
    """Of one flow; `money` is currency → minor units."""

    records: int = 0
    money: dict[str, int] = field(default_factory=dict)

    def add(self, other: Traffic) -> None:
        """Sum both up, per currency."""
        self.records += other.records
        for currency, minor in other.money.items():
            self.money[currency] = self.money.get(currency, 0) + minor

    def by_currency(self) -> list[tuple[str, int]]:
        """In a stable order."""
        return sorted(self.money.items())


def lately(*, now: datetime) -> dict[int, Traffic]:
    """Of every flow in the trailing 30 days, counted once a minute for all readers; what each of
    them may see is the caller's to choose.
    """
    name = f"traffic:{now:%Y-%m-%dT%H:%M}"
    found: dict[int, Traffic] | None = cache.get(name)
    if found is None:
        found = through(InboxMessage.objects.all(), since=now - MONTH)
        cache.set(name, found, SECONDS)
    return found


def through(rows: QuerySet[InboxMessage], *, since: datetime) -> dict[int, Traffic]:
    """Flow id → its traffic; each record once, as it was accepted last. One query."""
    later = InboxMessage.objects.filter(
        flow=OuterRef("flow"), key=OuterRef("key"), sequence__gt=OuterRef("sequence")
    )
    counted = (
        rows.filter(~Exists(later), accepted_at__gte=since)
        .values_list("flow", "currency")
        .annotate(records=Count("pk"), total=Sum("amount_minor", filter=~Q(currency="")))
        .order_by()
    )
    found: dict[int, Traffic] = {}
    for flow, currency, records, total in counted:
        money = {currency: total or 0} if currency else {}
        found.setdefault(flow, Traffic()).add(Traffic(records, money))
    return found
