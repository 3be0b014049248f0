"""Votes, remarks and rejections."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from governance import clock
from governance.approvals import (
    freezes,
    gating,
    impacts,
    notices,
    scheduling,
    seats,
    steps,
    subjects,
)
from governance.approvals.lifecycle import (
    COMMENT,
    FRESH_SIGN_IN,
    State,
    Verdict,
    refuse_author,
    refuse_unless_legal,
)
from governance.approvals.models import ChangeRequest, Comment, GateResult, Revision, Vote
from governance.approvals.rules import missing, seating
from governance.approvals.steps import move
from governance.errors import (
    InvalidDocument,
    PermissionRefused,
    SeparationOfDuties,
    StaleSignIn,
)
from governance.notifications.lifecycle import Kind
from governance.ownership.lifecycle import Seat

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


@transaction.atomic
def vote(
    *,
    request: ChangeRequest,
    by: Any,
    verdict: str,
    seen: str,
    reason: str = "",
    acknowledged: Collection[str] = (),
    sign_in_age: timedelta | None = None,
    now: datetime | None = None,
) -> ChangeRequest:
    """Approve, or ask for changes. `seen` is the digest of the revision that was shown.

    Class R3 asks for more: a reason, the key of every impact, and a person who signed in shortly
    before (`sign_in_age`; None: not a person at a screen). The approval that completes the quorum
    schedules the activation. Raises StaleRevision, SeparationOfDuties, PermissionRefused,
    GateClosed, TransitionRefused, Unacknowledged, StaleSignIn.
    """
    if verdict not in list(Verdict):
        raise InvalidDocument(f"there is no verdict {verdict!r}", pointer="/verdict")
    moment = now or clock.now()
    request = steps.locked(request)
    refuse_unless_legal(verdict, state=request.state)
    revision = steps.current(request)
    steps.refuse_stale(revision, seen)
    refuse_author(person=by.pk, authors=steps.authors(request))
    seat = _seat(request, by, now=moment)
    if verdict == Verdict.REQUEST_CHANGES:
        return _send_back(request, revision, by=by, seat=seat, reason=reason, now=moment)
    steps.refuse_moved_base(revision, subjects.parse_items(revision.content))
    gating.refuse_closed(GateResult.objects.filter(revision=revision))
    took = _taken_note(request, revision, acknowledged, reason=reason, age=sign_in_age)
    made = _keep(request, revision, by=by, verdict=verdict, seat=seat, reason=reason, now=moment)
    made.acknowledged = took
    made.save(update_fields=["acknowledged"])
    return _count(request, revision, by=by, reason=reason, took=took, now=moment)


def _taken_note(
    request: ChangeRequest,
    revision: Revision,
    given: Collection[str],
    *,
    reason: str,
    age: timedelta | None,
) -> list[str]:
    """Keys of the impacts of this revision, all of which have to be among those given."""
    if request.risk_class not in impacts.ASKED or request.is_foundation:
        return []
    if not reason.strip():
        raise InvalidDocument(f"class {request.risk_class} asks for a reason", pointer="/reason")
    wanted = impacts.impacts(request, revision)
    impacts.refuse_unacknowledged(wanted, given)
    if age is None or age > FRESH_SIGN_IN:
        minutes = FRESH_SIGN_IN // timedelta(minutes=1)
        raise StaleSignIn(
            f"class {request.risk_class} asks for a sign-in within {minutes} minutes: sign in again"
        )
    return [one.key for one in wanted]


def _seat(request: ChangeRequest, by: Any, *, now: datetime) -> str:
    """The seat that the person may take; PermissionRefused if the rules ask for none of theirs."""
    rules = steps.snapshot(request)
    able = steps.able(request, [by.pk], now=now).get(by.pk, frozenset())
    if not able:
        asked = sorted({one.seat.replace("_", " ") for one in rules})
        raise PermissionRefused(f"this change asks for {', '.join(asked)}; you hold no such seat")
    return rules[min(able)].seat


def _keep(
    request: ChangeRequest,
    revision: Revision,
    *,
    by: Any,
    verdict: str,
    seat: str,
    reason: str,
    now: datetime,
) -> Vote:
    if Vote.objects.filter(revision=revision, person=by, voided_at=None).exists():
        raise SeparationOfDuties("you voted on this revision already; one person counts once")
    return Vote.objects.create(
        request=request,
        revision=revision,
        seat=seat,
        person=by,
        verdict=verdict,
        reason=reason,
        revision_hash=revision.digest,
        at=now,
    )


def _send_back(
    request: ChangeRequest, revision: Revision, *, by: Any, seat: str, reason: str, now: datetime
) -> ChangeRequest:
    if not reason.strip():
        raise InvalidDocument("say what has to change", pointer="/reason")
    verdict = Verdict.REQUEST_CHANGES
    earlier = Vote.objects.filter(revision=revision, person=by, voided_at=None)
    earlier.update(voided_at=now)
    _keep(request, revision, by=by, verdict=verdict, seat=seat, reason=reason, now=now)
    move(
        request,
        "request_changes",
        to=State.CHANGES_REQUESTED,
        by=by,
        now=now,
        reason=reason,
        said={"seat": seat},
    )
    text = f"{by.label}: {reason}"
    kind = Kind.CHANGES_REQUESTED
    notices.answer(request, kind, "Changes requested", text, by=by, now=now)
    return request


def _count(
    request: ChangeRequest,
    revision: Revision,
    *,
    by: Any,
    reason: str,
    took: list[str],
    now: datetime,
) -> ChangeRequest:
    """Seat everyone anew; with every rule met the request is approved and scheduled."""
    rules = steps.snapshot(request)
    votes = approvals(revision)
    can = steps.able(request, [one.person_id for one in votes], now=now)
    seats_taken = seating(rules, can)
    for one in votes:
        taken = seats_taken.get(one.person_id, one.seat)
        if taken != one.seat:
            one.seat = taken
            one.save(update_fields=["seat"])
    met = not missing(rules, can)
    to = State.APPROVED if met else State.IN_REVIEW
    said = {"seat": seats_taken.get(by.pk, ""), **({"acknowledged": took} if took else {})}
    move(request, "approve", to=to, by=by, now=now, reason=reason, said=said)
    steps.votes_done(request, now=now, person=by)
    if met:
        at = freezes.first_free(request, revision, max(request.scheduled_for or now, now))
        scheduling.set_time(request, at=at, by=None, reason="the quorum is complete", now=now)
        text = f"The quorum is complete. It becomes active at {at:%-d %B %Y %H:%M} UTC."
        notices.answer(request, Kind.CHANGE_APPROVED, "Approved", text, by=by, now=now)
    return request


def approvals(revision: Revision) -> list[Vote]:
    """Live approvals of exactly this content, first come first."""
    rows = Vote.objects.filter(
        revision=revision,
        revision_hash=revision.digest,
        verdict=Verdict.APPROVE,
        voided_at=None,
    )
    return list(rows.order_by("at", "pk"))


@transaction.atomic
def reject(
    *, request: ChangeRequest, by: Any, reason: str, now: datetime | None = None
) -> ChangeRequest:
    """The domain's owner ends it; where there is none, the platform admin."""
    moment = now or clock.now()
    request = steps.locked(request)
    refuse_unless_legal("reject", state=request.state)
    if not reason.strip():
        raise InvalidDocument("say why", pointer="/reason")
    if by.pk not in rejecters(request, now=moment):
        raise PermissionRefused("only the owner of its domain may reject a change request")
    move(request, "reject", to=State.REJECTED, by=by, now=moment, reason=reason, closed_at=moment)
    text = f"{by.label}: {reason}"
    notices.answer(request, Kind.CHANGE_ENDED, "Rejected", text, by=by, now=moment)
    return request


def rejecters(request: ChangeRequest, *, now: datetime) -> frozenset[int]:
    """Owners of the request's domain, else the platform admins; a foundation's signers."""
    if request.is_foundation:
        return seats.named(steps.snapshot(request))
    filled = seats.seats(now=now)
    slug = request.domain.slug if request.domain else ""
    return filled.who(Seat.OWNER, slug) or filled.who(Seat.PLATFORM_ADMIN, "")


@transaction.atomic
def comment(
    *, request: ChangeRequest, by: Any, text: str, anchor: str = "", now: datetime | None = None
) -> Comment:
    """A remark; `anchor` is a JSON Pointer such as `/items/0/document/rules/2`, or empty."""
    moment = now or clock.now()
    request = steps.locked(request)
    if not text.strip():
        raise InvalidDocument("a remark needs words", pointer="/text")
    if not (by.has_perm(COMMENT, request) or by.pk in steps.able(request, [by.pk], now=moment)):
        raise PermissionRefused("you may not comment on this change request")
    request.touched_at = moment
    request.save(update_fields=["touched_at"])
    return Comment.objects.create(
        request=request,
        revision=steps.current(request),
        person=by,
        anchor=anchor[:300],
        text=text,
        at=moment,
    )
