"""What a list says in one line: its money, and where the figure is no sum, its quantiles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from integrations.sla import latency, stages
from integrations.sla.behind import Narrow
from integrations.sla.models import Exposure
from integrations.sla.terms import Terms
from integrations.sla.totals import totals


@dataclass(frozen=True, slots=True)
class Said:
    """The head of a list. `more` names what is no sum: p50, p95, share, mean …"""

    money: int
    n: int
    currencies: dict[str, int]
    more: dict[str, float | int | None] = field(default_factory=dict)


def described(
    slug: str, rows: QuerySet[Any], narrow: Narrow, *, terms: Terms, now: datetime
) -> Said:
    """The same arithmetic as the figure's, over just these rows."""
    return Said(*totals(rows), _more(slug, rows, narrow, terms, now))


def _more(
    slug: str, rows: QuerySet[Any], narrow: Narrow, terms: Terms, now: datetime
) -> dict[str, float | int | None]:
    if slug in (latency.METRIC, "late-lines"):
        found = latency.of(rows, terms, now)
        return {"p50": found.p50, "p90": found.p90, "p95": found.p95, "share": found.share}
    if slug == "stage-split" and narrow.hop:
        return {"mean": stages.mean(narrow.hop, stages.lines(rows, terms))[0]}
    if slug == "hand-over":
        return {"p90w": stages.handed(stages.lines(rows, terms))}
    if rows.model is Exposure:
        told = rows.aggregate(expected=Sum("expected_minor"), delay=Sum("delay_minor"))
        return {name: value or 0 for name, value in told.items()}
    return {}
