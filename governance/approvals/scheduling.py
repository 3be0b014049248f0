"""When an approved revision becomes active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from governance import clock
from governance.approvals import freezes, seats, steps
from governance.approvals.lifecycle import OPEN, PROPOSE, State, refuse_unless_legal
from governance.audit import services as audit
from governance.errors import InvalidDocument, PermissionRefused, TransitionRefused
from governance.nudges import nudge
from governance.ownership.lifecycle import Seat

if TYPE_CHECKING:
    from datetime import datetime

    from governance.approvals.models import ChangeRequest


@transaction.atomic
def schedule(
    *,
    request: ChangeRequest,
    by: Any,
    at: datetime,
    reason: str = "",
    now: datetime | None = None,
) -> ChangeRequest:
    """Choose the moment: of an approved request, or ahead of its approval."""
    moment = now or clock.now()
    request = steps.locked(request)
    if request.state not in OPEN:
        raise TransitionRefused(f"a change request that is {request.state} has no time to choose")
    if at < moment:
        raise InvalidDocument("that moment has passed", pointer="/at")
    if not may_choose_time(request, by, now=moment):
        raise PermissionRefused("only its authors and the owner of its domain choose the time")
    if window := freezes.frozen(request, steps.current(request), at):
        raise InvalidDocument(f"{window.name} lasts until {window.last}", pointer="/at")
    if request.state in (State.APPROVED, State.SCHEDULED):
        refuse_unless_legal("schedule", state=request.state)
        return set_time(request, at=at, by=by, reason=reason, now=moment)
    return _plan(request, at=at, by=by, reason=reason, now=moment)


def may_choose_time(request: ChangeRequest, by: Any, *, now: datetime) -> bool:
    """Authors, owners of its domain, and whoever may propose there."""
    if by.pk in steps.authors(request) or by.has_perm(PROPOSE, request):
        return True
    slug = request.domain.slug if request.domain else ""
    return by.pk in seats.seats(now=now).who(Seat.OWNER, slug)


def _plan(
    request: ChangeRequest, *, at: datetime, by: Any, reason: str, now: datetime
) -> ChangeRequest:
    """Not yet approved: the state stays, the wish is kept for the moment of approval."""
    request.scheduled_for = at
    request.save(update_fields=["scheduled_for"])
    audit.record(
        "change.plan",
        subject=request,
        by=by,
        reason=reason,
        before={"state": request.state},
        after={"state": request.state, "scheduled_for": at.isoformat()},
        change_request=request.pk,
        revision_hash=steps.current(request).digest,
        at=now,
    )
    return request


def set_time(
    request: ChangeRequest, *, at: datetime, by: Any, reason: str, now: datetime
) -> ChangeRequest:
    """Scheduled; the clock does the rest. The caller holds the lock."""
    steps.move(
        request,
        "schedule",
        to=State.SCHEDULED,
        by=by,
        now=now,
        reason=reason,
        said={"scheduled_for": at.isoformat()},
        scheduled_for=at,
    )
    nudge("governance.scan")
    return request
