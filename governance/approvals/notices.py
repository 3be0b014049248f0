"""Who is told when a change request moves: those whose vote is asked, and those who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model

from governance.approvals import steps
from governance.approvals.models import Vote
from governance.notifications.lifecycle import Kind
from governance.notifications.services import Said, tell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from governance.approvals.models import ChangeRequest

WEIGHTY = 5
"""Reasons of the risk class that a notice repeats; the page shows all."""


def ask(
    request: ChangeRequest, *, now: datetime, kind: Kind = Kind.VOTE_ASKED, event: str = ""
) -> None:
    """Everyone who could take a seat and has not voted; no author of any revision."""
    again = "still " if kind == Kind.VOTE_WAITING else ""
    people = _people(_missing(request, now=now))
    _tell(request, kind, f"Your vote is {again}asked", _review(request), people, now, event=event)


def _missing(request: ChangeRequest, *, now: datetime) -> set[int]:
    voted = Vote.objects.filter(
        request=request, revision__number=request.revision_number, voided_at=None
    )
    able = steps.able(request, None, now=now)
    return {one for one, seats in able.items() if seats} - set(
        voted.values_list("person_id", flat=True)
    )


def _review(request: ChangeRequest) -> str:
    """What a reviewer wants to know before opening it."""
    seats = ", ".join(sorted({one.seat.replace("_", " ") for one in steps.snapshot(request)}))
    lines = [
        f"{request.opened_by.label} proposes a change of class {request.risk_class}.",
        request.description,
        *(f"- {reason}" for reason in request.class_reasons[:WEIGHTY]),
        f"Asked for: {seats}.",
    ]
    return "\n".join(line for line in lines if line)


def answer(
    request: ChangeRequest, kind: Kind, words: str, text: str, *, by: Any, now: datetime
) -> None:
    """Everyone who wrote a revision, but not whoever acts."""
    wrote = steps.authors(request) | {request.opened_by_id}
    _tell(request, kind, words, text, _people(wrote - {getattr(by, "pk", None)}), now)


def _people(ids: Iterable[int | None]) -> list[Any]:
    return list(get_user_model()._default_manager.filter(pk__in=list(ids)))


def _tell(
    request: ChangeRequest,
    kind: Kind,
    words: str,
    text: str,
    people: list[Any],
    now: datetime,
    *,
    event: str = "",
) -> None:
    said = Said(
        event=event or f"{kind}/{request.pk}/{request.revision_number}/{now.isoformat()}",
        kind=kind,
        subject=f"{words}: {request}",
        text=text,
        about=("change", str(request.pk)),
    )
    tell(said, people=people, now=now)
