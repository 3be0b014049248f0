"""The doors of the exception queue: what a person does to a case, and why.

Opening and settling, which the machine does, stand in `opening`; acts on many cases in `bulk`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from integrations.cases.correcting import correct, preview
from integrations.cases.entering import document_of, enter, message_of, move_to, own, tell
from integrations.cases.lifecycle import STANDING, CaseState
from integrations.cases.links import author_link
from integrations.cases.models import Case, Correction, SignOff
from integrations.cases.opening import Opening, open_case, open_cases
from integrations.cases.requeueing import release_known, requeue, wake
from integrations.cases.sensitivity import dismissal_needs_two
from integrations.cases.settling import mark_breached, settle
from integrations.errors import NeedsSecondPerson, Refused
from integrations.messages import services as ledger

__all__ = [
    "Opening",
    "claim",
    "correct",
    "dismiss",
    "mark_breached",
    "open_case",
    "open_cases",
    "preview",
    "refuse",
    "release",
    "release_known",
    "replay",
    "send_to_author",
    "settle",
    "sign",
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
    fresh.save(update_fields=["claimed_by", "claimed_at"])
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
    tell(fresh, "replayed", by=by, text=reason, now=now)
    requeue(fresh, now)
    return fresh


@transaction.atomic
def dismiss(*, case: Case, by: Any, reason: str, now: datetime) -> Case:
    """Close it without an effect. Money waits for a second person."""
    fresh = enter("dismiss", case=case, by=by, reason=reason)
    own(fresh, by)
    if fresh.agreement is not None and dismissal_needs_two(
        fresh.agreement.document,
        amount_minor=fresh.amount_minor,
        pointer=str(fresh.detail.get("pointer", "")),
    ):
        SignOff.objects.create(case=fresh, act="dismiss", reason=reason, asked_by=by, asked_at=now)
        move_to(fresh, CaseState.WAITING_SIGNATURE)
        tell(fresh, "asked to dismiss", by=by, text=reason, now=now)
        return fresh
    return _dismissed(fresh, by=by, reason=reason, now=now)


@transaction.atomic
def sign(*, case: Case, by: Any, reason: str, now: datetime) -> Case:
    """The second signature; never of the person who asked for it."""
    fresh = enter("sign", case=case, by=by, reason=reason)
    asked, proposed = _waiting(fresh)
    _refuse_same_person(by, asked, proposed)
    if asked is not None:
        asked.signed_by, asked.signed_at = by, now
        asked.save(update_fields=["signed_by", "signed_at"])
        return _dismissed(fresh, by=by, reason=reason, now=now)
    for one in proposed:
        one.state, one.signed_by, one.signed_at = Correction.State.SIGNED, by, now
        one.save(update_fields=["state", "signed_by", "signed_at"])
    facts = {one.field: {"before": one.before, "after": one.after} for one in proposed}
    tell(fresh, "signed correction", by=by, text=reason, now=now, **facts)
    requeue(fresh, now, replan=True)
    return fresh


@transaction.atomic
def refuse(*, case: Case, by: Any, reason: str, now: datetime) -> Case:
    """What was asked for does not happen; the case is open again. One may refuse one's own."""
    fresh = enter("refuse", case=case, by=by, reason=reason)
    asked, proposed = _waiting(fresh)
    if asked is not None:
        asked.refused_at = now
        asked.save(update_fields=["refused_at"])
    for one in proposed:
        one.state = Correction.State.REFUSED
        one.save(update_fields=["state"])
    move_to(fresh, CaseState.OPEN)
    tell(fresh, "refused", by=by, text=reason, now=now)
    return fresh


def _waiting(case: Case) -> tuple[SignOff | None, list[Correction]]:
    asked = case.sign_offs.filter(signed_at=None, refused_at=None).first()
    return asked, list(case.corrections.filter(state=Correction.State.PROPOSED).order_by("pk"))


def _refuse_same_person(by: Any, asked: SignOff | None, proposed: list[Correction]) -> None:
    askers = {one.proposed_by_id for one in proposed}
    if asked is not None:
        askers.add(asked.asked_by_id)
    if not askers:
        raise Refused("nothing waits for a signature here any more")
    if by.pk in askers:
        raise NeedsSecondPerson("you asked for this; someone else has to sign it")


def _dismissed(case: Case, *, by: Any, reason: str, now: datetime) -> Case:
    if not _let_go(case, now):
        raise Refused("it is being tried again right now; wait for the outcome")
    case.closed_at, case.closed_by, case.resolution = now, by, reason[:300]
    case.save(update_fields=["closed_at", "closed_by", "resolution"])
    move_to(case, CaseState.DISMISSED)
    money = {"amount_minor": case.amount_minor, "currency": case.currency}
    tell(case, "dismissed", by=by, text=reason, now=now, **money)
    return case


def _let_go(case: Case, now: datetime) -> bool:
    """Whether the ledger no longer holds what the case is about; a standing class holds nothing."""
    if case.klass in STANDING:
        return True
    if case.operation_id is not None:
        return ledger.dismiss(operations=[case.operation_id], now=now) == 1
    if case.message_id is not None:
        return ledger.dismiss(messages=[case.message_id], now=now) == 1
    return True
