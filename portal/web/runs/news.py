"""The line of health at the foot of the rail, and runs in the search over everything."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.cache import cache
from django.urls import reverse

from governance import clock
from integrations.sync.queries import health as look
from portal.access import scopes
from portal.web.shell.access import SignedIn
from portal.web.shell.navigation import Health
from portal.web.shell.search import Hit

KEY, SECONDS = "rail-health", 10
LATE, VERY_LATE = 60, 600
"""Seconds that the oldest due row may wait."""


def health(request: SignedIn) -> Health:
    """The age of the oldest due row; looked at once in a while, not by every page."""
    found: Health | None = cache.get(KEY)
    if found is None:
        found = _looked()
        cache.set(KEY, found, SECONDS)
    return found


def _looked() -> Health:
    seen = look(now=clock.now())
    age = int(seen.oldest_due_seconds)
    runs = f"{seen.open_runs} running" if seen.open_runs else "nothing running"
    waits = f"Oldest due row {age} s, {runs}"
    if age > VERY_LATE:
        return Health("breaking", "Work is standing still", waits)
    if age > LATE:
        return Health("risk", "Work is late", waits)
    return Health("active", "All work in time", waits)


def find(request: SignedIn, words: str, limit: int) -> Iterable[Hit]:
    """The newest runs of flows that are called so, or the run of that number."""
    if not request.user.has_perm("integrations.view_run"):
        return []
    rows = scopes.runs(request.user).select_related("flow")
    number = words.lower().removeprefix("run").strip()
    if number.isdecimal():
        rows = rows.filter(pk=int(number[:18]))
    else:
        rows = rows.filter(flow__name__icontains=words)
    return [
        Hit(f"Run {run.pk}, {run.flow.name}", reverse("run", args=[run.pk]), run.state, "run")
        for run in rows.order_by("-pk")[:limit]
    ]
