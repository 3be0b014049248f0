"""Which stretch of time a figure is about: the reader's period, or the trailing days agreed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from integrations.sla.selecting import Filters
from integrations.sla.terms import Terms

ROLLING = 28
"""Days, where nobody agreed on others."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `first`, until just before `last`."""

    first: datetime
    last: datetime

    def holds(self, column: str) -> Q:
        return Q(**{f"{column}__gte": self.first, f"{column}__lt": self.last})

    def days(self) -> float:
        """Elapsed days."""
        return (self.last - self.first).total_seconds() / 86_400


def trailing(filters: Filters, terms: Terms, now: datetime, days: int = ROLLING) -> Span:
    """The reader's period as far as it is over; the trailing days where none is asked for."""
    last = min(begin(filters.last + timedelta(days=1), terms), now) if filters.last else now
    first = begin(filters.first, terms) if filters.first else last - timedelta(days=days)
    return Span(min(first, last), last)


def last_month(filters: Filters, terms: Terms, now: datetime) -> Span:
    """The reader's period; the newest month that is over where none is asked for."""
    if filters.first or filters.last:
        return trailing(filters, terms, now)
    this = terms.default.day_of(now).replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    return Span(begin(before, terms), begin(this, terms))


def months(span: Span, terms: Terms) -> list[Span]:
    """The months that a span touches, each whole, oldest first."""
    found, day = [], terms.default.day_of(span.first).replace(day=1)
    while begin(day, terms) < span.last:
        after = (day + timedelta(days=32)).replace(day=1)
        found.append(Span(begin(day, terms), begin(after, terms)))
        day = after
    return found


def begin(day: date, terms: Terms) -> datetime:
    """The first moment of a day by the firm's default calendar."""
    found = terms.first_moment(day.isoformat(), "")
    if found is None:  # a date is always a day
        raise ValueError(day)
    return found
