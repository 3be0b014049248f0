"""What change requests tell Home of the week: what becomes active, and when nothing may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.urls import reverse

from governance import clock
from governance.approvals.freezes import Window, windows
from governance.approvals.lifecycle import State
from governance.approvals.models import Activation, ChangeRequest
from portal.access import scopes
from portal.web.shell.access import SignedIn
from portal.web.shell.needs import Need

AHEAD = timedelta(days=7)
ROWS = 6


@dataclass(frozen=True, slots=True)
class Coming:
    """A change or a freeze; `last` is the last frozen day."""

    at: datetime
    title: str
    request: ChangeRequest | None = None
    last: date | None = None


def week(request: SignedIn) -> Need | None:
    """The section *Activating this week*."""
    if not request.user.has_perm("governance.view_change"):
        return None
    now = clock.now()
    rows = scopes.change_requests(request.user).filter(
        state=State.SCHEDULED, scheduled_for__lte=now + AHEAD
    )
    changes = [
        Coming(one.scheduled_for or now, one.title, one) for one in rows.order_by("scheduled_for")
    ]
    freezes = [_freeze(one) for one in windows() if _near(one, now)]
    found = sorted([*changes, *freezes], key=lambda one: one.at)
    return Need(
        title="Activating this week",
        template="changes/_week.html",
        rows=found[:ROWS],
        count=len(changes),
        more="All changes",
        more_url=f"{reverse('changes')}?group=scheduled",
        empty="No change is scheduled for the next seven days.",
        aside=True,
    )


def _near(window: Window, now: datetime) -> bool:
    return now < window.ends and _freeze(window).at <= now + AHEAD


def _freeze(window: Window) -> Coming:
    at = datetime.combine(window.first, time(), tzinfo=UTC)
    return Coming(at, window.name, last=window.last)


def activated(request: SignedIn) -> Need | None:
    """For who reads the log: what became active lately, with the flow agreements it made."""
    if not request.user.has_perm("governance.view_audit"):
        return None
    since = clock.now() - AHEAD
    rows = Activation.objects.filter(
        at__gte=since, request__in=scopes.change_requests(request.user)
    )
    found = rows.select_related("request").prefetch_related("agreements__flow").order_by("-at")
    number = rows.count()
    return Need(
        title="Activated in the last seven days",
        template="changes/_activated.html",
        rows=list(found[:ROWS]),
        count=number,
        summary=f"{number} {'activation' if number == 1 else 'activations'} this week",
        more="All changes that are active",
        more_url=f"{reverse('changes')}?group=active",
        empty="Nothing became active in the last seven days.",
    )
