"""Change requests in the browser: read, propose, decide on exactly what is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import clock
from governance.approvals import queries, services
from governance.approvals.evidence.services import EXPORT
from governance.approvals.kinds import KINDS
from governance.approvals.lifecycle import State, Verdict
from governance.approvals.models import ChangeRequest
from governance.errors import GovernanceError, InvalidDocument
from portal.access import scopes
from portal.access.signin import sign_in_age
from portal.web.changes import presenting
from portal.web.changes.around import around
from portal.web.changes.conversation import conversation
from portal.web.changes.findings import ORDER, findings
from portal.web.changes.forms import (
    CommentForm,
    ProposalForm,
    ReasonForm,
    RevisionForm,
    ScheduleForm,
    VoteForm,
    as_text,
)
from portal.web.changes.grouping import parted
from portal.web.changes.impacts import is_fresh, to_acknowledge
from portal.web.changes.lines import side_by_side, texts
from portal.web.changes.rollout import rollout
from portal.web.changes.shadow import shadow
from portal.web.shell.access import SignedIn, requires
from portal.web.shell.pages import page

VIEW, PROPOSE = "governance.view_change", "governance.propose_change"
REMARK = "governance.comment_change"
TABS = ("diff", "impact", "shadow", "conversation", "checks", "rollout")


def _find(request: SignedIn, pk: int) -> ChangeRequest:
    rows = scopes.change_requests(request.user).select_related("domain", "opened_by")
    return get_object_or_404(rows, pk=pk)


@require_GET
@requires(VIEW)
def change(request: SignedIn, pk: int) -> HttpResponse:
    """One request with its votes and gates above the tabs."""
    return _shown(request, _find(request, pk))


def _shown(
    request: SignedIn,
    row: ChangeRequest,
    *,
    wrong: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; `wrong` maps the name of a dialog to its form with errors."""
    now = clock.now()
    found = queries.detail(row, now=now)
    tab = request.GET.get("tab", "")
    offers = queries.allowed_moves(row, request.user, now=now)
    seen = {"seen": found.revision.digest}
    only = request.GET.get("show", "")
    only = only if only in ORDER else ""
    reached = presenting.impact(row, request.user, now=now)
    tab = tab if tab in TABS else TABS[0]
    replayed = shadow(found, request.user)
    context = {
        "row": row,
        "found": found,
        "parted": parted(found.items),
        "tab": tab,
        "rollout": rollout(found, replayed, request.user, now=now) if tab == "rollout" else None,
        "around": around(reached, found, now=now) if tab == "impact" else None,
        "findings": findings(found, only=only),
        "only": only,
        "gates": presenting.gates(found),
        "shadow": replayed,
        "to_acknowledge": to_acknowledge(found),
        "fresh": is_fresh(sign_in_age(request)),
        "met": sum(standing.met for standing in found.standings),
        "reached": reached,
        "money": presenting.whole_money(reached),
        "unseen": sum(one.records is None for one in reached),
        "open_cases": sum(one.open_cases for one in reached),
        "open_operations": sum(one.open_operations for one in reached),
        "since_mine": presenting.since_mine(found, request.user),
        "offers": {one.name: one for one in offers},
        "turns": conversation(queries.history(row), found.comments),
        "may_export": request.user.has_perm(EXPORT, row),
        "may_comment": request.user.has_perm(REMARK, row),
        "comment_form": CommentForm(initial={"anchor": request.GET.get("anchor", "")}),
        "reason_form": ReasonForm(initial=seen),
        "schedule_form": ScheduleForm(initial={**seen, "at": row.scheduled_for or now}),
        "wrong": wrong or {},
    }
    return page(request, "changes/detail.html", context=context, status=status)


@require_GET
@requires(VIEW)
def raw(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """One item's two documents, line by line; fetched when somebody opens it."""
    row = _find(request, pk)
    items = queries.detail(row, now=clock.now()).items
    if number >= len(items):
        raise Http404
    context = {"row": row, "item": items[number], "rows": side_by_side(*texts(items[number]))}
    return page(request, "changes/raw.html", fragment="changes/_raw.html", context=context)


def _vote(verdict: Verdict) -> Any:
    def door(request: SignedIn, row: ChangeRequest, given: dict[str, Any]) -> ChangeRequest:
        return services.vote(
            request=row,
            by=request.user,
            verdict=verdict,
            reason=given["reason"],
            seen=given["seen"],
            acknowledged=given["acknowledged"],
            sign_in_age=sign_in_age(request),
        )

    return door


def _door(service: Any) -> Any:
    def door(request: SignedIn, row: ChangeRequest, given: dict[str, Any]) -> ChangeRequest:
        moved: ChangeRequest = service(request=row, by=request.user, reason=given["reason"])
        return moved

    return door


def _schedule(request: SignedIn, row: ChangeRequest, given: dict[str, Any]) -> ChangeRequest:
    return services.schedule(request=row, by=request.user, at=given["at"], reason=given["reason"])


DOORS = {
    "approve": _vote(Verdict.APPROVE),
    "request_changes": _vote(Verdict.REQUEST_CHANGES),
    "submit": _door(services.submit),
    "withdraw": _door(services.withdraw),
    "reject": _door(services.reject),
    "rollback": _door(services.rollback),
    "schedule": _schedule,
}
FORMS = {"schedule": ScheduleForm, "approve": VoteForm, "request_changes": VoteForm}
SAID = {
    "approve": "Your approval is recorded.",
    "request_changes": "The author was asked for changes.",
    "submit": "The request is in review.",
    "withdraw": "The request is withdrawn.",
    "reject": "The request is rejected.",
    "rollback": "This request proposes what was active before.",
    "schedule": "The activation is scheduled.",
}


@require_POST
@requires(VIEW)
def move(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """One move of the state machine; a refusal comes back in its dialog."""
    if name not in DOORS:
        raise Http404
    row = _find(request, pk)
    form = FORMS.get(name, ReasonForm)(request.POST)
    if form.is_valid():
        try:
            moved = DOORS[name](request, row, form.cleaned_data)
        except GovernanceError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _said(name, moved))
            return redirect("change", moved.pk)
    return _shown(request, row, wrong={name: form}, status=422)


def _said(name: str, moved: ChangeRequest) -> str:
    if name == "approve" and moved.state in {State.SCHEDULED, State.APPROVED, State.ACTIVE}:
        return "Your approval completes the quorum. The change activates now."
    return SAID[name]


@require_POST
@requires(REMARK)
def comment(request: SignedIn, pk: int) -> HttpResponse:
    """A remark on the request or one of its places."""
    row = _find(request, pk)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _shown(request, row, wrong={"comment": form}, status=422)
    services.comment(
        request=row,
        by=request.user,
        text=form.cleaned_data["text"],
        anchor=form.cleaned_data["anchor"],
    )
    return redirect(f"/changes/{row.pk}/?tab=conversation")


@require_http_methods(["GET", "POST"])
@requires(PROPOSE)
def propose(request: SignedIn) -> HttpResponse:
    """Open and submit a request; `?kind=…&slug=…` starts from what is active."""
    form = ProposalForm(request.POST or None, initial=_start(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = services.propose(
                by=request.user,
                title=given["title"],
                description=given["description"],
                items=given["items"],
            )
        except GovernanceError as error:
            form.add_error(_place(error), str(error))
        else:
            messages.success(request, "The request is in review.")
            return redirect("change", row.pk)
    return page(request, "changes/propose.html", context={"form": form, "kinds": KINDS})


def _place(error: GovernanceError) -> str | None:
    return "items" if isinstance(error, InvalidDocument) else None


def _start(request: SignedIn) -> dict[str, Any]:
    kind, slug = request.GET.get("kind", ""), request.GET.get("slug", "")
    if kind not in KINDS:
        return {}
    row = KINDS[kind].model._default_manager.filter(slug=slug).first()
    if row is None:
        return {}
    items = [{"kind": kind, "document": row.document}]
    return {"title": f"Change {row.name}", "items": as_text(items)}


@require_http_methods(["GET", "POST"])
@requires(PROPOSE)
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """A new revision of an open request; every vote so far is void."""
    row = _find(request, pk)
    revision = row.revisions.get(number=row.revision_number)
    initial = {"items": as_text(revision.content), "seen": revision.digest}
    form = RevisionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.revise(
                request=row,
                by=request.user,
                items=given["items"],
                seen=given["seen"],
                note=given["note"],
            )
        except GovernanceError as error:
            form.add_error(_place(error), str(error))
        else:
            messages.success(request, "A new revision stands; earlier votes no longer count.")
            return redirect("change", row.pk)
    context = {"form": form, "row": row, "kinds": KINDS}
    return page(request, "changes/edit.html", context=context)
