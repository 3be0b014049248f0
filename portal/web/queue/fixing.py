"""What each act of the detail pane does, in one service call, and what is said afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.html import format_html

from governance.approvals import services as approvals
from governance.flows.models import ValueMap
from integrations.cases import bulk, services
from integrations.cases.clocks import Clocks
from integrations.cases.lifecycle import CaseClass, CaseState
from integrations.cases.models import Case
from integrations.errors import Refused
from portal.access import scopes
from portal.accounts.models import User
from portal.templatetags.show import moment
from portal.web.queue import forms
from portal.web.queue.forms import Correct, Fix

Act = Callable[[Case, User, Any, datetime], str]
BUTTON = '<button class="button button--small" type="submit" form="{}">Undo</button>'
UNDO, UNDO_ALL = format_html(BUTTON, "undo"), format_html(BUTTON, "undo-all")
"""Press the forms of these ids in the detail pane."""


def claim(case: Case, by: User, form: Fix, now: datetime) -> str:
    services.claim(case=case, by=by, reason=form.cleaned_data["reason"], now=now)
    return format_html("Claimed. It is yours until you release it. {}", UNDO)


def release(case: Case, by: User, form: Fix, now: datetime) -> str:
    services.release(case=case, by=by, reason=form.cleaned_data["reason"], now=now)
    return "Released. Anybody may claim it."


def assign(case: Case, by: User, form: Fix, now: datetime) -> str:
    to = User.objects.filter(username=form.cleaned_data["to"]).first()
    if to is None:
        raise Refused("there is no such colleague")
    services.assign(case=case, to=to, by=by, reason=form.cleaned_data["reason"], now=now)
    return f"Assigned to {to.label}."


def snooze(case: Case, by: User, form: Fix, now: datetime) -> str:
    span, clocks = forms.SNOOZES[form.cleaned_data["until"]], Clocks.load()
    until = clocks.after(case, now, span) if span else clocks.opens(case, now)
    services.snooze(case=case, until=until, by=by, reason=form.cleaned_data["reason"], now=now)
    return format_html("Snoozed until {}. It comes back by itself.", moment(until))


def unsnooze(case: Case, by: User, form: Fix, now: datetime) -> str:
    services.unsnooze(case=case, by=by, now=now)
    return "Awake. It stands in the queue again."


def correct(case: Case, by: User, form: Correct, now: datetime) -> str:
    reason = form.cleaned_data["reason"]
    made = services.correct(case=case, by=by, reason=reason, changes=form.changes, now=now)
    if any(one.state == one.State.PROPOSED for one in made):
        return "Correction proposed. A second person signs it before anything is sent."
    return "Corrected. The record is being planned anew."


def row(case: Case, by: User, form: Fix, now: datetime) -> str:
    """One more row of the value map as a change request; every case of the problem waits for it."""
    request, waiting = propose_row(
        case=case,
        by=by,
        there=form.cleaned_data["there"],
        reason=form.cleaned_data["reason"],
        now=now,
    )
    what = "case waits" if waiting == 1 else "cases wait"
    return f"CR-{request:04d} is in review. {waiting} {what} for it and will be planned anew."


@transaction.atomic
def propose_row(*, case: Case, by: User, there: str, reason: str, now: datetime) -> tuple[int, int]:
    """(change request, cases that wait for it). All of it or nothing."""
    fix = case.detail.get("fix") or {}
    held = ValueMap.objects.filter(slug=fix.get("value_map", "")).first()
    if held is None:
        raise Refused("this case is not about a missing row of a value map")
    here = str(fix["value"])
    document = {**held.document, "rows": [*held.document["rows"], {"from": here, "to": there}]}
    request = approvals.propose(
        by=by,
        title=f"{held.name}: {here} becomes {there}"[:200],
        description=f"Asked for by the exception queue. {reason}",
        items=[{"kind": "value_map", "document": document}],
        note=reason,
        now=now,
    )
    chosen = bulk.freeze(scopes.cases(by), fingerprint=case.fingerprint, by=by)
    done = bulk.wait_all(
        ids=chosen.ids, by=by, reason=reason, change_request=request.pk, now=now
    ).done
    if not done:
        raise Refused("no case can wait for it; look at their states")
    return request.pk, len(done)


def author(case: Case, by: User, form: Fix, now: datetime) -> str:
    reason = form.cleaned_data["reason"]
    services.send_to_author(case=case, by=by, reason=reason, now=now)
    return "It waits for the author. The case closes when the record's next version settles."


def pick(case: Case, by: User, form: Fix, now: datetime) -> str:
    reason, chosen = form.cleaned_data["reason"], form.cleaned_data["source_id"]
    done = services.pick(case=case, by=by, reason=reason, source_id=chosen, now=now)
    if done.state == CaseState.WAITING_SIGNATURE:
        return "Asked to match. Money hangs on it, so a second person signs."
    return "Matched. What waits for the record goes on."


def seen(case: Case, by: User, form: Fix, now: datetime) -> str:
    reason, told = form.cleaned_data["reason"], form.cleaned_data
    if told["outcome"] == "absent":
        services.resend(case=case, by=by, reason=reason, now=now)
        return "Asked to send it again. A second person looks, too, before anything is sent."
    done = services.found(case=case, by=by, reason=reason, reference=told["reference"], now=now)
    if done.state == CaseState.WAITING_SIGNATURE:
        return "Recorded. Money is in it, so a second person signs."
    return "Recorded. It was done, and what waited behind it goes on."


def replay(case: Case, by: User, form: Fix, now: datetime) -> str:
    services.replay(case=case, by=by, reason=form.cleaned_data["reason"], now=now)
    return "Replaying. What becomes of it shows here."


def dismiss(case: Case, by: User, form: Fix, now: datetime) -> str:
    done = services.dismiss(case=case, by=by, reason=form.cleaned_data["reason"], now=now)
    if done.closed_at is None:
        return "Asked to dismiss. Money is in it, so a second person signs."
    return "Dismissed. Nothing is sent."


def sign(case: Case, by: User, form: Fix, now: datetime) -> str:
    done = services.sign(case=case, by=by, reason=form.cleaned_data["reason"], now=now)
    if done.state == CaseState.DISMISSED:
        return "Signed. The case is dismissed and nothing is sent."
    if done.state == CaseState.RESOLVED and done.klass == CaseClass.UNKNOWN:
        return "Signed. It was done, and what waited behind it goes on."
    if done.state == CaseState.RESOLVED:
        return "Signed. The match holds for what is sent from now on."
    return "Signed. The record is being planned anew."


def refuse(case: Case, by: User, form: Fix, now: datetime) -> str:
    done = services.refuse(case=case, by=by, reason=form.cleaned_data["reason"], now=now)
    if done.state == CaseState.OPEN:
        return "Refused. The case is open again."
    return "Refused. The case is as it was before."


ACTS: dict[str, Act] = {
    "claim": claim,
    "release": release,
    "assign": assign,
    "snooze": snooze,
    "unsnooze": unsnooze,
    "correct": correct,
    "row": row,
    "author": author,
    "pick": pick,
    "seen": seen,
    "replay": replay,
    "dismiss": dismiss,
    "sign": sign,
    "refuse": refuse,
}
