"""The doors of the exception queue: what a person does to a case, and why.

Opening and settling, which the machine does, stand in `opening`; acts on many cases in `bulk`; what
is done to a case in several steps has a module of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from integrations.cases.clocks import Clocks
from integrations.cases.correcting import correct, preview
from integrations.cases.dismissing import dismiss
from integrations.cases.entering import document_of, enter, message_of, move_to, own, tell
from integrations.cases.handing import assign, snooze, unsnooze
from integrations.cases.lifecycle import CaseState
from integrations.cases.links import author_link
from integrations.cases.models import Case
from integrations.cases.opening import Opening, open_case, open_cases
from integrations.cases.path import rewind
from integrations.cases.picking import pick
from integrations.cases.requeueing import release_known, requeue, wake
from integrations.cases.seeing import found, refuse_blind, resend
from integrations.cases.settling import mark_breached, settle
from integrations.cases.signing import refuse, sign
from integrations.errors import Refused

__all__ = [
    "Opening",
    "assign",
    "claim",
    "correct",
    "dismiss",
    "found",
    "mark_breached",
    "open_case",
    "open_cases",
    "pick",
    "preview",
    "refuse",
    "release",
    "release_known",
    "replay",
    "resend",
    "send_to_author",
    "settle",
    "sign",
    "snooze",
    "unsnooze",
    "wait_for_change",
    "wake",
]


@transaction.atomic
def claim(*, case: Case, by: Any, reason: str = "", now: datetime) -> Case:
    """Take it on. Claiming one's own again changes nothing."""
    fresh = enter("claim", case=case, by=by)
    if fresh.claimed_by_id == by.pk:
        return fresh
    own(fresh, by)
    fresh.claimed_by, fresh.claimed_at = by, now
    fresh.save(update_fields=["claimed_by", "claimed_at"])
    tell(fresh, "claimed", by=by, text=reason, now=now)
    return fresh


@transaction.atomic
def release(*, case: Case, by: Any, reason: str = "", now: datetime) -> Case:
    """Undo a claim; taking it from someone else asks for a reason."""
    fresh = enter("release", case=case, by=by)
    if fresh.claimed_by_id is None:
        return fresh
    if fresh.claimed_by_id != by.pk and not reason.strip():
        raise Refused("say why you release a case that someone else has claimed")
    fresh.claimed_by = fresh.claimed_at = None
    rewind(fresh, Clocks.load(), now)
    fresh.save(update_fields=["claimed_by", "claimed_at", "step", "step_at"])
    tell(fresh, "released", by=by, text=reason, now=now)
    return fresh


@transaction.atomic
def send_to_author(*, case: Case, by: Any, reason: str, now: datetime) -> str:
    """Wait for the record's next version; returns the deep link to its author system or ''."""
    fresh = enter("send_to_author", case=case, by=by, reason=reason)
    own(fresh, by)
    link = author_link(document_of(fresh), key=message_of(fresh).key)
    fresh.detail = {**fresh.detail, "fix": {"act": "send_to_author", "link": link}}
    fresh.save(update_fields=["detail"])
    move_to(fresh, CaseState.WAITING_SOURCE)
    tell(fresh, "sent to author", by=by, text=reason, now=now, link=link)
    return link


@transaction.atomic
def wait_for_change(
    *, case: Case, by: Any, reason: str, change_request: int, now: datetime
) -> Case:
    """A change request mends it; its activation plans the message anew."""
    fresh = enter("wait_for_change", case=case, by=by, reason=reason)
    fresh.change_request = change_request
    fresh.save(update_fields=["change_request"])
    move_to(fresh, CaseState.WAITING_CHANGE)
    tell(fresh, "waits for change", by=by, text=reason, now=now, change_request=change_request)
    return fresh


@transaction.atomic
def replay(*, case: Case, by: Any, reason: str, now: datetime) -> Case:
    """Try again: a record is planned anew, an operation is a new attempt on the same one."""
    fresh = enter("replay", case=case, by=by, reason=reason)
    own(fresh, by)
    refuse_blind(fresh)
    tell(fresh, "replayed", by=by, text=reason, now=now)
    requeue(fresh, now)
    return fresh
