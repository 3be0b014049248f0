"""Which days are counted together: a stretch of one metric and legal entity, and what it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter

from integrations.sla.lifecycle import Kind
from integrations.sla.measuring import METRICS, Metric
from integrations.sla.models import DirtyDay, Unit
from integrations.sla.terms import Terms

DAY = timedelta(days=1)
LONGEST = 31
"""Days of one stretch."""
GAP = 4
"""Days that nobody marked and that are counted along, since one read is cheaper than two."""
DIMENSIONS = ("region", "business_unit", "contract_type", "currency")
Line = tuple[datetime, tuple[str, ...], float | None, int]
"""Moment, dimensions, business days, and money in minor units of the reporting currency."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of one metric and legal entity, both within."""

    metric: Metric
    legal_entity: str
    first: date
    last: date

    def bounds(self, terms: Terms) -> tuple[datetime, datetime]:
        """From the first moment until just before the last."""
        entity = self.legal_entity
        return begin(self.first, entity, terms), begin(self.last + DAY, entity, terms)

    def lines(self, terms: Terms) -> Iterator[Line]:
        return between(self.metric, self.legal_entity, *self.bounds(terms), terms)


def between(
    metric: Metric, legal_entity: str, first: datetime, after: datetime, terms: Terms
) -> Iterator[Line]:
    """Lines of the metric, read between literal bounds."""
    bounds = {f"{metric.at}__gte": first, f"{metric.at}__lt": after}
    rows = Unit.objects.filter(metric.only, unit=Kind.LINE, legal_entity=legal_entity, **bounds)
    columns = (metric.at, "base_minor", metric.column or "unit", *DIMENSIONS)
    for at, money, lasted, *dimensions in rows.values_list(*columns).iterator():
        yield at, tuple(dimensions), metric.days(lasted, legal_entity, terms), money or 0


def begin(day: date, legal_entity: str, terms: Terms, *, hour: int = 0) -> datetime:
    """The first moment of a day or of its local hour (24 is the next day's), in UTC."""
    zone = terms.calendar(legal_entity).zone
    local = datetime.combine(day + timedelta(days=hour // 24), time(hour % 24), tzinfo=zone)
    return local.astimezone(UTC)


def stretches(rows: Sequence[DirtyDay]) -> Iterator[tuple[Stretch, list[DirtyDay]]]:
    """Neighbouring days together, each stretch with its marks; rows stand in order."""
    for (slug, entity), held in groupby(rows, key=attrgetter("metric", "legal_entity")):
        for marks in _near(list(held)):
            yield Stretch(METRICS[slug], entity, marks[0].day, marks[-1].day), marks


def _near(rows: list[DirtyDay]) -> Iterator[list[DirtyDay]]:
    found = [rows[0]]
    for row in rows[1:]:
        if row.day - found[0].day >= LONGEST * DAY or row.day - found[-1].day > GAP * DAY:
            yield found
            found = []
        found.append(row)
    yield found
