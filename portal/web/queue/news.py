"""What the queue tells the shell: the number in the rail, and hits of the search."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q
from django.urls import reverse

from integrations.cases.lifecycle import Urgency
from integrations.cases.queries import live
from integrations.cases.wording import headline
from portal.access import scopes
from portal.web.shell.access import SignedIn
from portal.web.shell.navigation import Count as Number
from portal.web.shell.search import Hit

VIEW = "integrations.view_case"


def count(request: SignedIn) -> Number | None:
    """Open cases; hot once one is breached. One query."""
    found = (
        live(scopes.cases(request.user))
        .order_by()
        .aggregate(open=Count("pk"), breached=Count("pk", filter=Q(urgency=Urgency.BREACHED)))
    )
    return Number(found["open"], hot=bool(found["breached"])) if found["open"] else None


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
