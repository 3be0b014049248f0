"""What the queue tells Home of its clocks: problems that are late, and those that soon will be."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from governance import clock
from integrations.cases import queries
from integrations.cases.lifecycle import Urgency
from integrations.cases.queries import Problem
from integrations.cases.wording import headline, things
from portal.access import scopes
from portal.web.shell.access import SignedIn
from portal.web.shell.needs import Need

VIEW = "integrations.view_case"
ROWS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A problem in words."""

    problem: Problem
    title: str
    items: str
    late: bool


def need(request: SignedIn) -> Need | None:
    """The section *Breaches in my domains*: problems, not cases; the worst first."""
    if not request.user.has_perm(VIEW):
        return None
    now = clock.now()
    late = Q(urgency=Urgency.BREACHED)
    close = Q(due_at__gt=now, due_at__lte=now + queries.SOON)
    rows = queries.queue(scopes.cases(request.user), now=now).filter(late | close)
    counted = rows.order_by().values_list("fingerprint", "urgency").distinct()
    breached = {mark for mark, urgency in counted if urgency == Urgency.BREACHED}
    near = {mark for mark, _ in counted} - breached
    found = queries.problems(rows, limit=ROWS) if counted else []
    return Need(
        title="Breaches in my domains",
        template="queue/_breaches.html",
        rows=[_line(one) for one in found],
        count=len(breached),
        hot=bool(breached),
        summary=_words(len(breached), len(near)),
        more="Queue",
        more_url=f"{reverse('queue')}?view={'breached' if breached else 'breaching'}",
        empty="Nothing of your domains is late.",
        aside=True,
    )


def _line(one: Problem) -> Line:
    return Line(one, headline(one.sample), things(one.sample, one.count), one.breached > 0)


def _words(breached: int, near: int) -> str:
    told = [f"{breached} {'breach' if breached == 1 else 'breaches'}"] if breached else []
    return " and ".join([*told, *([f"{near} close"] if near else [])])
