"""Cases by problem, customer, project or system: each group once, at constant cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from integrations.cases.lifecycle import Urgency
from integrations.cases.models import Case
from integrations.cases.money import Money, at_risk

PROBLEM = "fingerprint"
COLUMNS = {"": PROBLEM, "customer": "customer", "project": "project", "system": "system"}
"""How the queue may be grouped → the column that it is grouped by."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Cases with one value of a column, such as one fingerprint; `sample` stands for them."""

    value: str
    sample: Case
    count: int
    records: int
    breached: int
    claimed: int
    due_at: datetime
    opened_at: datetime
    at_risk: list[Money]

    @property
    def fingerprint(self) -> str:
        return self.sample.fingerprint


def problems(
    rows: QuerySet[Case], *, by: str = PROBLEM, limit: int = 50, offset: int = 0
) -> list[Problem]:
    """Groups in the order of the queue: worst case first; three queries."""
    groups: list[Any] = list(
        rows.order_by()
        .values(by)
        .annotate(
            count=Count("pk"),
            records=Count("message", distinct=True),
            breached=Count("pk", filter=Q(urgency=Urgency.BREACHED)),
            claimed=Count("claimed_by"),
            first_urgency=Min("urgency"),
            exposure=Sum("priority"),
            first_due=Min("due_at"),
            since=Min("opened_at"),
            newest=Max("pk"),
        )
        .order_by("first_urgency", "exposure", "first_due", by)[offset : offset + limit]
    )
    money = at_risk(rows.filter(**{f"{by}__in": [group[by] for group in groups]}), by=by)
    samples = Case.objects.select_related("flow", "domain", "claimed_by").in_bulk(
        [group["newest"] for group in groups]
    )
    return [_problem(group, by, samples[group["newest"]], money) for group in groups]


def blocked(rows: QuerySet[Case], *, by: str, values: list[str]) -> dict[str, int]:
    """Group → operations that wait behind the failed ones; `rows` know their followers."""
    held = rows.filter(**{f"{by}__in": values}, operation__isnull=False).order_by()
    summed = held.values(by).annotate(blocked=Sum("followers"))
    return {row[by]: row["blocked"] or 0 for row in summed}


def _problem(
    group: dict[str, Any], by: str, sample: Case, money: dict[str, list[Money]]
) -> Problem:
    return Problem(
        value=group[by],
        sample=sample,
        count=group["count"],
        records=group["records"],
        breached=group["breached"],
        claimed=group["claimed"],
        due_at=group["first_due"],
        opened_at=group["since"],
        at_risk=money.get(group[by], []),
    )
