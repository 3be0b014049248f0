"""Roll-forward of unbilled money: what was there, what came, what went, and what is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from integrations.sla.lifecycle import Kind
from integrations.sla.models import Unit
from integrations.sla.selecting import Filters, worth
from integrations.sla.shapes import Slice
from integrations.sla.terms import Terms
from integrations.sla.totals import total

PIECES = ("opening", "approved", "issued", "written_off", "closing")


@dataclass(frozen=True, slots=True)
class RollForward:
    """Minor units of the reporting currency. `difference` is 0 or something is wrong."""

    opening: Slice
    approved: Slice
    issued: Slice
    written_off: Slice
    closing: Slice

    @property
    def difference(self) -> int:
        moved = self.opening.value + self.approved.value - self.issued.value
        return moved - self.written_off.value - self.closing.value


def roll_forward(filters: Filters, terms: Terms, now: datetime) -> RollForward:
    """Over the period; what is approved and billed within it stands on both sides."""
    return RollForward(
        **{
            name: _piece(name, selection(name, filters, terms, now), filters, terms, now)
            for name in PIECES
        }
    )


def selection(name: str, filters: Filters, terms: Terms, now: datetime) -> Q:
    """The lines of one piece, for its list."""
    first, last = window(filters, terms, now)
    return {
        "opening": _open_at(first),
        "approved": Q(approved_at__gte=first, approved_at__lt=last),
        "issued": Q(approved_at__lt=last) & _within("issued_at", first, last),
        "written_off": Q(approved_at__lt=last, issued_at=None)
        & _within("written_off_at", first, last),
        "closing": _open_at(last),
    }[name]


def window(filters: Filters, terms: Terms, now: datetime) -> tuple[datetime, datetime]:
    """From the first moment of the period to the first one after it, at most now."""
    today = terms.default.day_of(now)
    first = filters.first or today.replace(day=1)
    after = (filters.last or today) + timedelta(days=1)
    begins = terms.first_moment(first.isoformat(), "") or now
    ends = terms.first_moment(after.isoformat(), "") or now
    return begins, min(ends, now)


def _open_at(moment: datetime) -> Q:
    """Approval is said the other way round: issued since is few lines, approved before nearly all,
    and a database that may choose reads the latter.
    """
    return (
        Q(approved_at__isnull=False)
        & ~Q(approved_at__gte=moment)
        & (Q(issued_at=None) | Q(issued_at__gte=moment))
        & (Q(written_off_at=None) | Q(written_off_at__gte=moment))
    )


def _within(column: str, first: datetime, last: datetime) -> Q:
    return Q(**{f"{column}__gte": first, f"{column}__lt": last})


def _piece(name: str, chosen: Q, filters: Filters, terms: Terms, now: datetime) -> Slice:
    rows = Unit.objects.filter(chosen, filters.q(), unit=Kind.LINE)
    money, n = total(rows.annotate(worth=worth(filters, terms, now)))
    return Slice(name, money, n, {"piece": name})
