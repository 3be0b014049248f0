"""Which moves a person is offered: the same table and the same questions as the doors ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.approvals import bases, gating, reviewing, scheduling, steps, subjects
from governance.approvals.lifecycle import MOVES, PROPOSE, Move, State, Who, possible
from governance.approvals.models import ChangeRequest, GateResult, Vote
from governance.errors import GovernanceError, PermissionRefused

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A move that is this person's to make; `blocked` says what stands in its way just now."""

    name: str
    move: Move
    blocked: str = ""


def allowed_moves(request: ChangeRequest, person: Any, *, now: datetime) -> list[Offer]:
    """In the order of the table."""
    names = [name for name in possible(request.state) if _may(name, request, person, now)]
    return [Offer(name, MOVES[name], _obstacle(name, request)) for name in names]


def _may(name: str, request: ChangeRequest, person: Any, now: datetime) -> bool:
    if name == "schedule":
        return scheduling.may_choose_time(request, person, now=now)
    return ASKED[MOVES[name].who](request, person, now)


def _editor(request: ChangeRequest, person: Any, now: datetime) -> bool:
    if request.is_foundation and request.state != State.ACTIVE:
        return bool(person.pk == request.opened_by_id)
    parsed = subjects.parse_items(steps.current(request).content)
    slugs, firm_wide = bases.domains(parsed)
    try:
        steps.refuse_without(person, PROPOSE, slugs, firm_wide=firm_wide)
    except PermissionRefused:
        return False
    return True


def _author(request: ChangeRequest, person: Any, now: datetime) -> bool:
    return person.pk in steps.authors(request) | {request.opened_by_id}


def _seated(request: ChangeRequest, person: Any, now: datetime) -> bool:
    if person.pk in steps.authors(request):
        return False
    voted = Vote.objects.filter(
        revision=steps.current(request), person=person.pk, voided_at=None
    ).exists()
    return not voted and bool(steps.able(request, [person.pk], now=now).get(person.pk))


def _owner(request: ChangeRequest, person: Any, now: datetime) -> bool:
    return person.pk in reviewing.rejecters(request, now=now)


def _nobody(request: ChangeRequest, person: Any, now: datetime) -> bool:
    return False


ASKED: dict[Who, Callable[[ChangeRequest, Any, datetime], bool]] = {
    Who.EDITOR: _editor,
    Who.AUTHOR: _author,
    Who.SEATED: _seated,
    Who.OWNER: _owner,
    Who.CLOCK: _nobody,
}


def _obstacle(name: str, request: ChangeRequest) -> str:
    if name not in {"approve", "submit"}:
        return ""
    revision = steps.current(request)
    try:
        steps.refuse_moved_base(revision, subjects.parse_items(revision.content))
        gating.refuse_closed(GateResult.objects.filter(revision=revision))
    except GovernanceError as error:
        return str(error)
    return ""
