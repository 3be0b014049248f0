"""The exception queue: problems, one case in full, and the fix for it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from governance import clock
from integrations.cases import bulk
from integrations.cases.models import Case
from integrations.errors import Refused
from portal.access import scopes
from portal.web.queue import detail as details
from portal.web.queue import forms, freezing, matching, rehearsing
from portal.web.queue.asking import Asked
from portal.web.queue.grouping import choose
from portal.web.queue.listing import listing
from portal.web.shell import saved
from portal.web.shell.access import SignedIn, requires
from portal.web.shell.pages import page, wants_fragment

VIEW = "integrations.view_case"
FIXES = {
    "row": "wait_for_change",
    "pick": "pick",
    "seen": "found",
    "correct": "correct",
    "author": "send_to_author",
    "dismiss": "dismiss",
    "replay": "replay",
    "replay_all": "replay",
    "sign": "refuse",
}
"""Panel → the move that it needs."""
WITH = ("flow", "domain", "agreement", "message", "operation", "claimed_by", "closed_by")
Forms = dict[str, forms.Fix]


@require_GET
@requires(VIEW)
def queue(request: SignedIn) -> HttpResponse:
    """The queue, with its first problem opened."""
    return show(request, None)


@require_GET
@requires(VIEW)
def problem(request: SignedIn, fingerprint: str) -> HttpResponse:
    """The queue with this problem opened."""
    chosen = choose(scopes.cases(request.user), fingerprint)
    if chosen is None:
        raise Http404
    return show(request, chosen.pk)


@require_GET
@requires(VIEW)
def case(request: SignedIn, pk: int) -> HttpResponse:
    """The queue with this case opened."""
    return show(request, find(request, pk).pk)


def find(request: SignedIn, pk: int) -> Case:
    """The person's case, or 404."""
    return get_object_or_404(scopes.cases(request.user).select_related(*WITH), pk=pk)


def show(
    request: SignedIn, chosen: int | None, *, bound: Forms | None = None, status: int = 200
) -> HttpResponse:
    """The whole screen; to htmx only the pane or the panel that it asks for."""
    asked, now = Asked.read(request.GET), clock.now()
    context: dict[str, Any] = {
        "asked": asked,
        "suffix": asked.query(),
        "query": asked.query().removeprefix("?"),
        "now": now,
    }
    target = request.htmx.target if wants_fragment(request) else ""
    if target not in ("item", "fix") or chosen is None:
        rows = scopes.cases(request.user)
        found = listing(rows, asked=asked, person=request.user, params=request.GET, now=now)
        context["listing"] = found
        context["saved"] = saved.of(request, "queue", context["query"])
        chosen = chosen or _first(found)
    if chosen is not None:
        context |= _pane(request, find(request, chosen), bound or {}, asked)
    fragment = {"item": "queue/_item.html", "fix": "queue/_fix.html"}.get(target or "")
    answer = page(
        request,
        "queue/queue.html",
        fragment=fragment or "queue/_queue.html",
        context=context,
        # Browsers report a refused fragment on their console as if the page were broken.
        status=200 if wants_fragment(request) else status,
    )
    if target == "queue" and request.method == "GET":
        answer["HX-Push-Url"] = request.get_full_path()
    return answer


def _first(found: Any) -> int | None:
    if found.records is not None:
        return found.records.rows[0].pk if found.records.rows else None
    return found.lines[0].problem.sample.pk if found.lines else None


def _pane(request: SignedIn, case: Case, bound: Forms, address: Asked) -> dict[str, Any]:
    """The detail and one panel: the one asked for, the one that failed, or the suggested one."""
    now = clock.now()
    found = details.detail(case, person=request.user, now=now)
    wanted = next(iter(bound), "") or request.GET.get("fix", "")
    name = "sign" if wanted == "refuse" else wanted
    fix = name if FIXES.get(name) in found.moves else _suggested(found)
    if name in bound and fix != name:
        messages.error(request, " ".join(map(str, bound[name].non_field_errors())))
    context: dict[str, Any] = {
        "detail": found,
        "target": found.target,
        "case": case,
        "fix": fix,
        "all": "all" in request.GET,
        "suffix": address.query(),
        "forms": {one: bound.get(one) or forms.form_for(one, case) for one in _forms_of(fix)},
    }
    if fix == "pick":
        context |= matching.panel(case, bound.get("pick"))
    asked = found.signing.asked
    if fix == "sign" and asked is not None and asked.act == "pick":
        context |= matching.signed(case, asked.facts)
    if fix == "replay":
        context["rehearsal"] = rehearsing.rehearse([case], now=now)
    if fix == "replay_all":
        context |= _selection(request, case)
    return context


def _suggested(found: details.Detail) -> str:
    fix = found.suggestion.fix
    if fix == "wait" or not found.may:
        return "wait"
    if FIXES[fix] in found.moves:
        return fix
    return "replay" if "replay" in found.moves else "wait"


def _forms_of(fix: str) -> tuple[str, ...]:
    if fix == "sign":
        return ("sign", "refuse")
    return () if fix == "wait" else ("replay" if fix == "replay_all" else fix,)


def _selection(request: SignedIn, case: Case) -> dict[str, Any]:
    """Exactly these cases, whatever arrives while the person reads."""
    try:
        chosen = bulk.freeze(
            scopes.cases(request.user), fingerprint=case.fingerprint, by=request.user
        )
    except Refused as error:
        return {"fix": "wait", "too_many": str(error)}
    cases = list(
        Case.objects.filter(pk__in=chosen.ids).select_related("message", "flow").order_by("pk")
    )
    return {
        "rehearsal": rehearsing.rehearse(cases, now=clock.now()),
        "frozen": freezing.freeze(chosen.ids),
    }
