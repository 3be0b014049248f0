"""What change requests tell the rail, Home and the search."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from governance import clock
from governance.approvals import queries
from governance.approvals.models import ChangeRequest
from portal.access import scopes
from portal.web.shell.access import SignedIn
from portal.web.shell.navigation import Count
from portal.web.shell.needs import Need
from portal.web.shell.search import Hit

SHOWN = 6


def pending(request: SignedIn) -> list[ChangeRequest]:
    """Asked once per request: the rail and Home both want it."""
    held: list[ChangeRequest] | None = getattr(request, "pending_changes", None)
    if held is None:
        held = queries.pending_for(request.user, now=clock.now())
        request.pending_changes = held  # type: ignore[attr-defined]
    return held


def count(request: SignedIn) -> Count | None:
    """How many wait for this person's vote."""
    waiting = len(pending(request))
    return Count(waiting, unit="waiting for your vote") if waiting else None


def approvals(request: SignedIn) -> Need | None:
    """The section *My approvals*."""
    if not request.user.has_perm("governance.review_change"):
        return None
    rows = pending(request)
    first = rows[0] if rows else None
    return Need(
        title="My approvals",
        template="changes/_waiting.html",
        rows=rows[:SHOWN],
        count=len(rows),
        summary=f"{len(rows)} approval{'s' if len(rows) != 1 else ''}" if rows else "",
        sentence=_sentence(len(rows)) if rows else "",
        action=f"Review CR-{first.pk:04d}" if first else "",
        action_url=reverse("change", args=[first.pk]) if first else "",
        more="All changes",
        more_url=reverse("changes"),
        empty="No change waits for your vote.",
    )


def _sentence(number: int) -> str:
    return (
        "One change waits for your vote."
        if number == 1
        else f"{number} changes wait for your vote."
    )


def find(request: SignedIn, words: str, limit: int) -> Iterable[Hit]:
    """By number or words of the title."""
    visible = scopes.change_requests(request.user)
    for row in queries.listing(text=words).filter(pk__in=visible.values("pk"))[:limit]:
        sub = f"CR-{row.pk:04d} · {row.state.replace('_', ' ')}"
        yield Hit(row.title, reverse("change", args=[row.pk]), sub, "pull")
