"""Which milestones of the business a thing has passed, from approval to cash."""

from __future__ import annotations

from datetime import datetime

from integrations.sla import terms as agreed
from integrations.sla.lifecycle import Kind
from integrations.sla.models import Unit
from integrations.sla.terms import Terms
from portal.web.transactions.milestones import Milestone

_INVOICED = (
    ("Drafted", "drafted_at"),
    ("Issued", "issued_at"),
    ("Posted", "posted_at"),
    ("Sent", "sent_at"),
    ("Paid", "applied_at"),
)
STEPS: dict[str, tuple[tuple[str, str], ...]] = {
    Kind.LINE: (
        ("Submitted", "submitted_at"),
        ("Approved", "approved_at"),
        ("Billable", "start_at"),
        *_INVOICED,
    ),
    Kind.INVOICE: _INVOICED,
    Kind.CREDIT: (("Credited", "credited_at"),),
    Kind.PAYMENT: (("Received", "received_at"), ("Applied", "applied_at")),
    Kind.PROJECT: (("Activated", "activated_at"),),
    Kind.CONTRACT: (("Signed", "signed_at"),),
    Kind.DEAL: (("Won", "won_at"),),
}
"""Kind of unit → the milestones that it passes when all goes well, and their columns."""


def unit_of(key: str) -> Unit | None:
    """What the firm's records tell of a business key; the first kind in the order of `STEPS`."""
    found = {one.unit: one for one in Unit.objects.filter(key=key)}
    return next((found[kind] for kind in STEPS if kind in found), None)


def passed(unit: Unit, *, now: datetime, stopped: bool) -> list[Milestone]:
    """Each with the business time since the one before; what lies beyond `now` is to come."""
    terms = agreed.current()
    moments = [(name, _past(getattr(unit, column), now)) for name, column in STEPS[unit.unit]]
    last = max((n for n, (_, at) in enumerate(moments) if at is not None), default=-1)
    found: list[Milestone] = []
    before: datetime | None = None
    for place, (name, at) in enumerate(moments):
        if at is not None:
            found.append(Milestone(name, "done", at, _since(before, at, unit, terms)))
            before = at
        elif place > last:
            halted = stopped and place == last + 1
            found.append(Milestone(f"Not {name.lower()}" if halted else name, _kind(halted), None))
    return found


def _past(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at <= now else None


def _kind(halted: bool) -> str:
    return "stop" if halted else "next"


def _since(before: datetime | None, at: datetime, unit: Unit, terms: Terms) -> str:
    if before is None or at <= before:
        return ""
    return f"after {terms.calendar(unit.legal_entity).days_between(before, at):.1f} bd"
