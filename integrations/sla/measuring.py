"""What cells count: which moment of a line puts it in a day, how long it took, what it weighs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from integrations.sla.hops import handed_over
from integrations.sla.terms import Terms


@dataclass(frozen=True, slots=True)
class Metric:
    """`lasted` gives business seconds of a line; None where only number and money are told."""

    slug: str
    at: str
    """Column of its moment."""
    column: str = ""
    """Column of its duration."""
    lasted: Callable[[Any], int] | None = None
    by_money: bool = False
    """Whether quantiles weigh lines by their money."""
    only: Q = field(default_factory=Q)
    """Which lines count."""

    def days(self, told: Any, legal_entity: str, terms: Terms) -> float | None:
        """Business days; None where the line tells no duration."""
        if self.lasted is None or told is None:
            return None
        return self.lasted(told) / terms.calendar(legal_entity).day_seconds


APPROVED = Q(approved_at__isnull=False)

METRICS = {
    one.slug: one
    for one in (
        Metric(
            "billing-latency",
            "posted_at",
            "latency_seconds",
            int,
            only=Q(latency_seconds__isnull=False),
        ),
        Metric("hand-over", "applied_at", "hops", handed_over, by_money=True),
        Metric("approved", "approved_at"),
        Metric("issued", "issued_at", only=APPROVED),
        Metric("written-off", "written_off_at", only=APPROVED & Q(issued_at=None)),
    )
}
MOMENTS = {one.slug: one.at for one in METRICS.values()}
