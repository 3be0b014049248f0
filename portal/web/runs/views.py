"""Runs: what ran, what runs, and starting one now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from governance import clock
from governance.approvals.models import Activation
from integrations.cases.wording import headline, system_name
from integrations.errors import PermissionRefused, Refused
from integrations.messages.models import InboxMessage
from integrations.sync import services as sync
from integrations.sync.lifecycle import RunState, Trigger
from integrations.sync.models import SyncRun
from portal.access import scopes
from portal.web.runs import exporting, watching
from portal.web.shell import saved
from portal.web.shell.access import SignedIn, requires
from portal.web.shell.pages import page
from portal.web.shell.paging import keyset, unpaged

VIEW = "integrations.view_run"
MESSAGES, CASES = 50, 10


@require_GET
@requires(VIEW)
def runs(request: SignedIn) -> HttpResponse:
    """Newest first, by flow and state; above them each flow with its next slot."""
    flow, state = request.GET.get("flow", ""), request.GET.get("state", "")
    found = keyset(exporting.asked(request), order=["-id"], params=request.GET)
    for one in found.rows:
        one.why = watching.started_by(one)  # type: ignore[attr-defined]
    now = clock.now()
    context: dict[str, Any] = {
        "found": found,
        "flow": flow,
        "state": state,
        "query": unpaged(request.GET),
        "saved": saved.of(request, "runs"),
        "states": list(RunState),
        "lines": watching.lines(request.user, now=now),
        "now": now,
    }
    return page(request, "runs/list.html", fragment="runs/_rows.html", context=context)


@require_POST
@requires(VIEW)
def start(request: SignedIn, flow: str) -> HttpResponse:
    """Start now; a run that waits already is that run."""
    row = get_object_or_404(watching.flows(request.user), slug=flow)
    try:
        run = sync.start(flow=row, by=request.user, trigger=Trigger.PERSON, now=clock.now())
    except PermissionRefused as error:
        raise PermissionDenied(str(error)) from error
    except Refused as error:
        messages.error(request, str(error))
        return redirect("runs")
    return redirect("run", pk=run.pk)


@require_GET
@requires(VIEW)
def run(request: SignedIn, pk: int) -> HttpResponse:
    """One run; asked for again each second until it ends."""
    rows = scopes.runs(request.user).select_related("flow", "agreement", "requested_by", "slot")
    return page(
        request,
        "runs/run.html",
        fragment="runs/_run.html",
        context=_context(request, get_object_or_404(rows, pk=pk)),
    )


def _context(request: SignedIn, run: SyncRun) -> dict[str, Any]:
    now = clock.now()
    document = run.agreement.document
    cases = scopes.cases(request.user).filter(message__run=run.pk)
    records = InboxMessage.objects.filter(run=run.pk)
    if not request.user.has_perm("integrations.view_record", run.flow):
        records = records.none()
    schedule = document.get("schedule") or {}
    return {
        "run": run,
        "progress": watching.progress(run),
        "why": watching.started_by(run),
        "source": system_name(document["source"]["system"]),
        "object": document["source"]["object"],
        "target": system_name(document["target"]["system"]),
        "records": keyset(records, order=["id"], params=request.GET, size=MESSAGES),
        "cases": [
            (case, headline(case))
            for case in cases.select_related("claimed_by").order_by("pk")[:CASES]
        ],
        "case_count": cases.count(),
        "activation": _approval(run),
        "schedule": watching.schedule_words(schedule),
        "next": watching.upcoming(schedule, now=now),
        "may_start": request.user.has_perm(watching.START, run.flow),
        "took": (run.finished_at or now) - (run.started_at or run.created_at),
        "now": now,
    }


def _approval(run: SyncRun) -> Activation | None:
    """Which change request made this flow agreement what runs."""
    rows = Activation.objects.filter(agreements=run.agreement_id).select_related("request")
    return rows.order_by("at").last()
