"""What the queue tells the shell: the number in the rail, my cases on Home, hits of the search."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse

from governance import clock
from integrations.cases.lifecycle import WORK, Urgency
from integrations.cases.models import Case
from integrations.cases.queries import ORDER, live
from portal.access import scopes
from portal.web.shell.access import SignedIn
from portal.web.shell.navigation import Count as Number
from portal.web.shell.needs import Need
from portal.web.shell.search import Hit
from portal.web.shell.wording import headline, suggestion

VIEW = "integrations.view_case"
ROWS = 5


def count(request: SignedIn) -> Number | None:
    """Open cases; hot once one is breached. One query."""
    found = (
        live(scopes.cases(request.user))
        .order_by()
        .aggregate(open=Count("pk"), breached=Count("pk", filter=Q(urgency=Urgency.BREACHED)))
    )
    return Number(found["open"], hot=bool(found["breached"])) if found["open"] else None


def need(request: SignedIn) -> Need | None:
    """My cases: what I claimed and what waits for anybody's signature, most urgent first."""
    if not request.user.has_perm(WORK):
        return None
    mine = Q(claimed_by=request.user) | Q(claimed_by=None)
    rows = live(scopes.cases(request.user)).filter(mine)
    number = rows.count()
    shown = list(rows.select_related("flow", "claimed_by").order_by(*ORDER)[:ROWS])
    first = shown[0] if shown else None
    return Need(
        "My cases",
        "queue/_need.html",
        rows=[
            {"case": case, "title": headline(case), "hint": suggestion(case).words}
            for case in shown
        ],
        count=number,
        hot=any(case.urgency == Urgency.BREACHED for case in shown),
        summary=f"{number} {'case' if number == 1 else 'cases'}" if number else "",
        sentence=_sentence(first),
        action="Open the case" if first else "",
        action_url=reverse("case", args=[first.pk]) if first else "",
        more="Open the queue",
        more_url=reverse("queue"),
        empty="No case of your domains is open.",
    )


def _sentence(case: Case | None) -> str:
    """Only what is late or nearly so is worth the headline."""
    if case is None:
        return ""
    if case.urgency == Urgency.BREACHED:
        return "A case is past its time."
    return "A case is due soon." if case.due_at - clock.now() < timedelta(hours=2) else ""


def find(request: SignedIn, words: str, limit: int) -> Iterable[Hit]:
    """Cases by title, business key or record."""
    if not request.user.has_perm(VIEW):
        return []
    named = Q(title__icontains=words) | Q(business_key__istartswith=words)
    rows = scopes.cases(request.user).filter(named | Q(message__key__istartswith=words))
    found = rows.select_related("flow").order_by("-pk")[:limit]
    return [
        Hit(headline(case), reverse("case", args=[case.pk]), f"case, {case.state}", "queue")
        for case in found
    ]
