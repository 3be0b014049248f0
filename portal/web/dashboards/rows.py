"""One row of a list: the thing, its age, its money, and what blocks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from integrations.sla import latency
from integrations.sla.hops import handed_over
from integrations.sla.models import Exposure, Unit
from integrations.sla.terms import Terms
from portal.web.dashboards.causes import Problem
from portal.web.dashboards.lists import STAGES


@dataclass(frozen=True, slots=True)
class Row:
    """Money in minor units: `owed` in `currency`, `worth` in the reporting currency."""

    key: str
    url: str
    customer: str
    project: str
    contract: str
    business_unit: str
    region: str
    legal_entity: str
    stage: str
    since: datetime
    age: float
    days: float | None
    owed: int | None
    currency: str
    worth: int | None
    expected: int | None
    delay: int | None
    cause: Problem | None


def rows(
    slug: str,
    held: Iterable[Any],
    *,
    hop: str,
    known: dict[str, Problem],
    terms: Terms,
    now: datetime,
) -> Iterable[Row]:
    """Of units or exposures as `queries.items` gives them; units of exposures are loaded."""
    days = DAYS.get(slug)
    for one in held:
        unit: Unit = one.unit if isinstance(one, Exposure) else one
        calendar = terms.calendar(unit.legal_entity)
        risk = one if isinstance(one, Exposure) else None
        yield Row(
            key=unit.key,
            url=reverse("transaction", args=[unit.key]),
            customer=unit.customer,
            project=unit.project,
            contract=unit.contract,
            business_unit=unit.business_unit,
            region=unit.region,
            legal_entity=unit.legal_entity,
            stage=STAGES.get(one.stage, one.stage),
            since=one.moment,
            age=calendar.days_between(one.moment, unit.posted_at or now),
            days=days(unit, hop, terms, now) if days else None,
            owed=one.amount_minor,
            currency=one.currency,
            worth=one.worth,
            expected=risk.expected_minor if risk else None,
            delay=risk.delay_minor if risk else None,
            cause=known.get(one.cause),
        )


def _waited(unit: Unit, hop: str, terms: Terms, now: datetime) -> float | None:
    calendar = terms.calendar(unit.legal_entity)
    return latency.days(unit.start_at, unit.latency_seconds, calendar, now)


def _passed(unit: Unit, hop: str, terms: Terms, now: datetime) -> float | None:
    seconds = unit.hops.get(hop)
    return None if seconds is None else seconds / terms.calendar(unit.legal_entity).day_seconds


def _handed(unit: Unit, hop: str, terms: Terms, now: datetime) -> float | None:
    return handed_over(unit.hops) / terms.calendar(unit.legal_entity).day_seconds


DAYS: dict[str, Callable[[Unit, str, Terms, datetime], float | None]] = {
    "billing-latency": _waited,
    "late-lines": _waited,
    "sla-adherence": _waited,
    "stage-split": _passed,
    "hand-over": _handed,
}
"""List → the days that its figure is made of."""
