"""The runs that are asked for, and the same as a file."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.views.decorators.http import require_GET

from integrations.sync.lifecycle import RunState
from integrations.sync.models import SyncRun
from portal.access import scopes
from portal.web.runs import watching
from portal.web.shell import tabular
from portal.web.shell.access import SignedIn, requires

COUNTS = ("pages", "read", "accepted", "unchanged", "planned", "rejected", "applied", "failed")
TITLES = ("run", "flow", "state", "started by", "created", "started", "finished", *COUNTS, "error")


def asked(request: SignedIn) -> QuerySet[SyncRun]:
    """The person's runs by flow and state."""
    rows = scopes.runs(request.user).select_related("flow", "requested_by")
    flow, state = request.GET.get("flow", ""), request.GET.get("state", "")
    if flow:
        rows = rows.filter(flow__slug=flow)
    return rows.filter(state=state) if state in list(RunState) else rows


@require_GET
@requires("integrations.view_run")
def export(request: SignedIn) -> HttpResponseBase:
    """Newest first, as on the page."""
    rows = asked(request).order_by("-id").iterator(chunk_size=tabular.BATCH)
    lines = (_line(run) for run in rows)
    return tabular.export(request.GET, name="runs", titles=TITLES, rows=lines)


def _line(run: SyncRun) -> tuple[tabular.Cell, ...]:
    when = (run.created_at, run.started_at, run.finished_at)
    counts = [int(getattr(run, name)) for name in COUNTS]
    started_by = watching.started_by(run)
    return (run.pk, run.flow.name, run.state, started_by, *when, *counts, run.error)
