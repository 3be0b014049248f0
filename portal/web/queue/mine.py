"""What the queue tells Home of a person's work: what they claimed, and what nobody has yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse

from governance import clock
from integrations.cases import queries
from integrations.cases.lifecycle import WORK, Urgency
from integrations.cases.models import Case
from integrations.cases.queries import Totals
from portal.access import scopes
from portal.web.queue.listing import Line, lines
from portal.web.shell.access import SignedIn
from portal.web.shell.needs import Need

ROWS = 5


@dataclass(frozen=True, slots=True)
class Table:
    """The first problems, and what all of them come to."""

    lines: list[Line]
    totals: Totals
    more: int
    """Problems that are not shown."""


def need(request: SignedIn) -> Need | None:
    """The section *My cases*, by problem, most urgent first."""
    if not request.user.has_perm(WORK):
        return None
    now = clock.now()
    mine = Q(claimed_by=request.user) | Q(claimed_by=None)
    rows = queries.queue(scopes.cases(request.user), now=now).filter(mine)
    first = rows.first()
    table = _table(rows, now=now) if first else None
    number = table.totals.open if table else 0
    return Need(
        "My cases",
        "queue/_need.html",
        rows=[table] if table else [],
        count=number,
        hot=bool(table and table.totals.breached),
        summary=f"{number} {'case' if number == 1 else 'cases'}" if number else "",
        sentence=_sentence(first),
        action="Open the case" if first else "",
        action_url=reverse("case", args=[first.pk]) if first else "",
        more="Open the queue",
        more_url=reverse("queue"),
        empty="No case of your domains is open.",
    )


def _table(rows: QuerySet[Case], *, now: datetime) -> Table:
    shown = lines(rows, limit=ROWS)
    problems = rows.order_by().values("fingerprint").distinct().count()
    return Table(shown, queries.totals(rows, now=now), problems - len(shown))


def _sentence(case: Case | None) -> str:
    """Only what is late or nearly so is worth the headline."""
    if case is None:
        return ""
    if case.urgency == Urgency.BREACHED:
        return "A case is past its time."
    return "A case is due soon." if case.due_at - clock.now() < timedelta(hours=2) else ""
