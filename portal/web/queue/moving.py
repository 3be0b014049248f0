"""Acts on cases: one, or all of a problem. Each ends where the person was."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from governance import clock
from governance.errors import GovernanceError
from governance.errors import PermissionRefused as ProposalRefused
from integrations.cases import bulk
from integrations.cases.bulk import Report
from integrations.cases.entering import document_of
from integrations.cases.models import Case
from integrations.cases.sensitivity import sensitive
from integrations.cases.wording import system_name
from integrations.errors import PermissionRefused, Refused
from portal.access import scopes
from portal.web.queue import fixing, forms, freezing, matching, rehearsing, views
from portal.web.queue.asking import Asked
from portal.web.queue.grouping import choose
from portal.web.shell.access import SignedIn, requires
from portal.web.shell.pages import page


@require_POST
@requires(views.VIEW)
def case_move(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """One act on one case; what was typed stays where it is refused."""
    case = views.find(request, pk)
    if name not in fixing.ACTS:
        raise Http404
    form = forms.form_for(name, case, request.POST)
    if form.is_valid():
        try:
            said = fixing.ACTS[name](case, request.user, form, clock.now())
        except (PermissionRefused, ProposalRefused) as error:
            raise PermissionDenied(str(error)) from error
        except (Refused, GovernanceError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said)
            return back(request, case)
    if isinstance(form, forms.Bare):
        messages.error(request, " ".join(str(one) for told in form.errors.values() for one in told))
        return back(request, case)
    return views.show(request, case.pk, bound={name: form}, status=422)


def back(request: SignedIn, case: Case) -> HttpResponse:
    """To the case, with the filters that the person had."""
    return redirect(reverse("case", args=[case.pk]) + Asked.read(request.GET).query())


@require_POST
@requires(views.VIEW)
def check(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """While somebody types: what the data contract or the dry run says. Nothing is stored."""
    case = views.find(request, pk)
    judges = {"correct": _judge_correction, "row": _judge_row, "pick": matching.judge}
    if name not in judges or case.agreement is None:
        raise Http404
    context = {"case": case, "check": name, **judges[name](request, case)}
    return page(request, "queue/check.html", fragment="queue/_check.html", context=context)


def _judge_correction(request: SignedIn, case: Case) -> dict[str, Any]:
    pointer = request.POST.get("correct-field", "")
    value = request.POST.get("correct-value", "")
    if pointer not in dict(forms.correctable(case)):
        return {"refusals": ["Choose a field."]}
    changes = {pointer: value or None}
    two = bool(sensitive(document_of(case), changes))
    return {"refusals": forms.refusals(case, changes), "two": two}


def _judge_row(request: SignedIn, case: Case) -> dict[str, Any]:
    """Every open case of the problem, planned under the value map with the new row."""
    there, fix = request.POST.get("row-there", "").strip(), case.detail.get("fix") or {}
    if not there or case.agreement is None or not fix.get("value_map"):
        return {"refusals": ["Say which value it becomes."]}
    document = rehearsing.with_row(
        case.agreement.document,
        value_map=fix["value_map"],
        here=str(fix["value"]),
        there=there,
    )
    chosen = bulk.freeze(scopes.cases(request.user), fingerprint=case.fingerprint, by=request.user)
    cases = list(Case.objects.filter(pk__in=chosen.ids).select_related("message", "flow"))
    return {
        "rehearsal": rehearsing.rehearse(cases, now=clock.now(), document=document),
        "target": system_name(document["target"]["system"]),
    }


@require_POST
@requires(views.VIEW)
def problem_move(request: SignedIn, fingerprint: str, name: str) -> HttpResponse:
    """One act on every case of a problem that this person may work on."""
    rows = scopes.cases(request.user)
    chosen = choose(rows, fingerprint)
    if chosen is None or name not in ("claim", "release", "replay"):
        raise Http404
    try:
        report = _bulk(request, chosen, name)
    except Refused as error:
        messages.error(request, str(error))
    else:
        _tell(request, name, report)
    return back(request, chosen)


def _bulk(request: SignedIn, case: Case, name: str) -> Report:
    rows, by, now = scopes.cases(request.user), request.user, clock.now()
    if name == "replay":
        ids = freezing.thaw(request.POST.get("frozen", ""))
        mine = list(rows.filter(pk__in=ids).values_list("pk", flat=True))
        reason = request.POST.get("replay-reason", "")
        return bulk.replay_all(ids=mine, by=by, reason=reason, now=now)
    if name == "release":
        claimed = rows.filter(fingerprint=case.fingerprint, claimed_by=by)
        return bulk.release_all(ids=list(claimed.values_list("pk", flat=True)), by=by, now=now)
    frozen = bulk.freeze(rows, fingerprint=case.fingerprint, by=by)
    return bulk.claim_all(ids=frozen.ids, by=by, now=now)


_DONE = {"claim": "Claimed", "release": "Released", "replay": "Replaying"}


def _tell(request: SignedIn, name: str, report: Report) -> None:
    count = len(report.done)
    words = f"{_DONE[name]} {count} {'case' if count == 1 else 'cases'}."
    if name == "claim" and count:
        messages.success(request, format_html("{} {}", words, fixing.UNDO_ALL))
    elif count:
        messages.success(request, words)
    for why in sorted(set(report.refused.values()))[:3]:
        number = sum(told == why for told in report.refused.values())
        messages.warning(request, f"{number} not touched: {why}")
    if not count and not report.refused:
        messages.warning(request, "There is nothing here that you may work on.")
