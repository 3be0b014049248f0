"""Activation by the clock: every guard is checked again under lock, then all is written at once."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction

from governance import crash
from governance.approvals import bases, enacting, gating, notices, steps, subjects, verdicts
from governance.approvals.lifecycle import State
from governance.approvals.models import Activation, ChangeRequest, Revision, Vote
from governance.approvals.reminding import remind
from governance.approvals.reviewing import approvals
from governance.approvals.revisions import revision_digest
from governance.approvals.rules import missing
from governance.approvals.steps import move
from governance.audit import services as audit
from governance.errors import GovernanceError
from governance.notifications.lifecycle import Kind
from governance.nudges import nudge
from governance.ownership.lifecycle import Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from governance.approvals.enacting import Enacted
    from governance.approvals.subjects import Item

logger = logging.getLogger(__name__)

IDLE = timedelta(days=14)
ONE_AT_A_TIME = 0x0C0_4C0_4DA7
"""Key of PostgreSQL's advisory lock. An agreement is compiled from many rows, so two activations
side by side would each miss what the other writes; SQLite has one writer anyway."""


def scan(*, now: datetime) -> list[int]:
    """What the clock has to do: activate what is due, call back what no longer holds, let idle
    requests expire. Safe to call at any time and from many places at once."""
    recall(now=now)
    activated = activate_due(now=now)
    expire_idle(now=now)
    remind(now=now)
    return activated


def activate_due(*, now: datetime) -> list[int]:
    """Ids of the activations that this call made; what fails its guards goes back to review."""
    due = ChangeRequest.objects.filter(state=State.SCHEDULED, scheduled_for__lte=now)
    ids = list(due.order_by("scheduled_for", "pk").values_list("pk", flat=True))
    made = [_each(pk, _activate_if_sound, now=now) for pk in ids]
    return [one for one in made if one is not None]


def recall(*, now: datetime) -> None:
    """Invalidate what waits for a later moment and has lost its ground already."""
    waiting = ChangeRequest.objects.filter(
        state__in=[State.APPROVED, State.SCHEDULED], scheduled_for__gt=now
    )
    for pk in list(waiting.values_list("pk", flat=True)):
        _each(pk, _recall_if_unsound, now=now)


def _each(
    pk: int, act: Callable[[ChangeRequest, datetime], int | None], *, now: datetime
) -> int | None:
    """One request in one transaction; what cannot be written sends it back to its reviewers."""
    try:
        _warm(pk)
        with transaction.atomic():
            _take_turn()
            return act(ChangeRequest.objects.select_for_update().get(pk=pk), now)
    except GovernanceError as error:
        why = str(error)
    except Exception:
        logger.exception("change request %s could not be activated", pk)
        return None
    with transaction.atomic():
        request = ChangeRequest.objects.select_for_update().get(pk=pk)
        if request.state == State.SCHEDULED:
            invalidate(request, why, now=now)
    return None


def _warm(pk: int) -> None:
    content = Revision.objects.filter(request=pk).order_by("-number").first()
    if content is not None:
        verdicts.warm(subjects.parse_items(content.content))


def _take_turn() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def _activate_if_sound(request: ChangeRequest, now: datetime) -> int | None:
    if request.state != State.SCHEDULED or not request.scheduled_for:
        return None
    if request.scheduled_for > now:
        return None
    revision = steps.current(request)
    if Activation.objects.filter(revision=revision).exists():
        return None
    items = subjects.parse_items(revision.content)
    fault = unsound(request, revision, items, now=now) or _closed_gate(request, revision, now=now)
    if fault:
        invalidate(request, fault, now=now)
        return None
    return _activate(request, revision, items, now=now)


def _recall_if_unsound(request: ChangeRequest, now: datetime) -> None:
    if request.state not in (State.APPROVED, State.SCHEDULED):
        return
    revision = steps.current(request)
    if fault := unsound(request, revision, subjects.parse_items(revision.content), now=now):
        invalidate(request, fault, now=now)


def unsound(request: ChangeRequest, revision: Revision, items: list[Item], *, now: datetime) -> str:
    """Why the approval no longer holds; empty when it does."""
    if revision.digest != revision_digest(revision.content, revision.base):
        return "the content is not what its hash says"
    today = bases.base(items)
    if moved := [name for name in today if today[name] != revision.base.get(name)]:
        return f"{', '.join(moved)} changed since it was written"
    return _without_quorum(request, revision, now=now)


def _without_quorum(request: ChangeRequest, revision: Revision, *, now: datetime) -> str:
    votes = approvals(revision)
    able = steps.able(request, [one.person_id for one in votes], now=now)
    lost = sorted(str(one.person) for one in votes if not able.get(one.person_id))
    if lost:
        return f"{', '.join(lost)} may no longer approve this"
    if not request.rules or missing(steps.snapshot(request), able):
        return "the quorum is not complete"
    return ""


def _closed_gate(request: ChangeRequest, revision: Revision, *, now: datetime) -> str:
    closed = gating.closed(gating.run_all(request, revision, now=now))
    return "; ".join(f"{one.title}: {one.reason}" for one in closed)


def invalidate(request: ChangeRequest, why: str, *, now: datetime) -> None:
    """Back to review: every vote is void, and the chosen moment stays if it is still to come."""
    Vote.objects.filter(request=request, voided_at=None).update(voided_at=now)
    later = request.scheduled_for if (request.scheduled_for or now) > now else None
    move(
        request,
        "invalidate",
        to=State.IN_REVIEW,
        by=None,
        now=now,
        reason=why,
        scheduled_for=later,
    )
    kind = Kind.CHANGES_REQUESTED
    notices.answer(request, kind, "Back in review", f"{why}.", by=None, now=now)
    notices.ask(request, now=now)


def _activate(
    request: ChangeRequest, revision: Revision, items: list[Item], *, now: datetime
) -> int:
    done = enacting.enact(items, now=now)
    crash.point("inside_activation")
    activation = Activation.objects.create(
        request=request, revision=revision, previous=done.previous, at=now
    )
    activation.agreements.set(done.agreements)
    said = {
        "approvals": [
            {"person": str(one.person), "seat": one.seat, "hash": one.revision_hash}
            for one in approvals(revision)
        ],
        "agreements": [one.digest for one in done.agreements],
    }
    move(request, "activate", to=State.ACTIVE, by=None, now=now, said=said, closed_at=now)
    notices.answer(request, Kind.CHANGE_ACTIVE, "Active", _effect(done), by=None, now=now)
    _record_rows(request, revision, done, now=now)
    _supersede(request, done, now=now)
    if done.agreements:
        flows = sorted(one.flow_id for one in done.agreements)
        nudge("integrations.agreements_changed", flow_ids=flows)
    return activation.pk


def _effect(done: Enacted) -> str:
    flows = ", ".join(sorted(one.flow.name for one in done.agreements))
    return f"From now on it holds. Flows that run under it: {flows or 'none'}."


def _record_rows(
    request: ChangeRequest, revision: Revision, done: Enacted, *, now: datetime
) -> None:
    """One entry for each governed row, so that its own page tells who, when and why."""
    for before, row in zip(done.previous, done.rows, strict=True):
        audit.record(
            "registry.activate",
            subject=row,
            by=revision.author,
            reason=request.title,
            before=before["document"],
            after=row.document,
            change_request=request.pk,
            revision_hash=revision.digest,
            at=now,
        )


def _supersede(request: ChangeRequest, done: Enacted, *, now: datetime) -> None:
    """Earlier requests of which nothing is in force any more."""
    ids: set[int] = set()
    active = ChangeRequest.objects.filter(state=State.ACTIVE).exclude(pk=request.pk)
    for row in (*done.rows, *done.aside):
        found = active.filter(**{f"items__{row.KIND}": row.pk})
        ids |= set(found.values_list("pk", flat=True))
    for earlier in ChangeRequest.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
        if not _in_force(earlier):
            move(earlier, "supersede", to=State.SUPERSEDED, by=None, now=now, reason=str(request))


def _in_force(request: ChangeRequest) -> bool:
    """Whether some thing still is as this request left it."""
    mine = request.activations.order_by("-pk").first()
    for item in request.items.all():
        row = item.subject
        later = Activation.objects.filter(
            **{f"request__items__{item.kind}": row.pk}, pk__gt=mine.pk if mine else 0
        )
        if row.status == Status.ACTIVE and not later.exists():
            return True
    return False


def expire_idle(*, now: datetime) -> None:
    """Fourteen days without a word end a review."""
    idle = [State.IN_REVIEW, State.CHANGES_REQUESTED]
    rows = ChangeRequest.objects.filter(state__in=idle, touched_at__lt=now - IDLE)
    for pk in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            request = ChangeRequest.objects.select_for_update().get(pk=pk)
            if request.state in idle and request.touched_at < now - IDLE:
                why = f"nobody touched it for {IDLE.days} days"
                move(
                    request,
                    "expire",
                    to=State.EXPIRED,
                    by=None,
                    now=now,
                    reason=why,
                    closed_at=now,
                )
                kind = Kind.CHANGE_ENDED
                notices.answer(request, kind, "Expired", f"{why}.", by=None, now=now)
