"""What happened to a transaction, one hop after the other: arrivals, effects, troubles. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from integrations.cases.lifecycle import CLOSED
from integrations.cases.models import Case, CaseEvent
from integrations.cases.wording import headline, system_name
from integrations.messages.lifecycle import OperationState
from integrations.messages.models import ClosedAttempt, InboxMessage, Operation

GAP = timedelta(minutes=1)
"""A wait from here on is worth a line."""
DONE = {
    OperationState.APPLIED: "applied",
    OperationState.UNCHANGED: "was there already",
    OperationState.SUPERSEDED: "superseded",
    OperationState.DISMISSED: "dismissed",
}


@dataclass(frozen=True, slots=True)
class Hop:
    """One thing that happened, is stuck or is to come."""

    at: datetime | None
    kind: str
    name: str
    template: str
    about: dict[str, Any]
    amount_minor: int | None = None
    currency: str = ""
    wait: timedelta | None = None
    """Since the hop before, where that is worth telling."""


def arrivals(messages: Iterable[InboxMessage]) -> list[Hop]:
    """A hop per record version."""
    return [
        Hop(
            at=one.accepted_at,
            kind="done",
            name=f"{one.key} {'deleted' if one.deleted else 'arrived'}",
            template="arrival",
            about={
                "message": one,
                "system": system_name(one.agreement.document["source"]["system"]),
                "object": one.agreement.document["source"]["object"],
            },
            amount_minor=one.amount_minor,
            currency=one.currency,
        )
        for one in messages
    ]


def effects(
    messages: Sequence[InboxMessage],
    operations: Sequence[Operation],
    attempts: dict[int, list[ClosedAttempt]],
) -> list[Hop]:
    """A hop per intended effect, with its tries."""
    by_id = {one.pk: one for one in messages}
    return [_effect(one, by_id[one.message_id], attempts.get(one.pk, [])) for one in operations]


def _effect(one: Operation, message: InboxMessage, tries: list[ClosedAttempt]) -> Hop:
    done = DONE.get(OperationState(one.state))
    waits = one.state == OperationState.PLANNED and not tries
    words = one.kind.replace("_", " ").capitalize()
    return Hop(
        at=one.settled_at or (tries[-1].finished_at if tries else None),
        kind="done" if done else ("next" if waits else "stop"),
        name=f"{words}: {done}" if done else words,
        template="effect",
        about={
            "operation": one,
            "message": message,
            "tries": tries,
            "system": system_name(one.target_system),
            "blocked": one.lane.blocked_by not in (None, one.pk),
        },
        amount_minor=one.amount_minor,
        currency=one.currency,
    )


def troubles(cases: Iterable[Case], events: dict[int, list[CaseEvent]]) -> list[Hop]:
    """A hop per case, where it opened."""
    return [
        Hop(
            at=case.opened_at,
            kind="done" if case.state in CLOSED else "stop",
            name="Stopped" if case.state not in CLOSED else "A case, closed since",
            template="trouble",
            about={"case": case, "title": headline(case), "events": events.get(case.pk, [])},
            amount_minor=case.amount_minor,
            currency=case.currency,
        )
        for case in cases
    ]


def in_order(hops: Iterable[Hop]) -> list[Hop]:
    """By time, each with the wait since the one before."""
    return _spaced(sorted(hops, key=_when))


def _when(hop: Hop) -> tuple[bool, float, int]:
    """What is to come stands last; on a tie, arrival before effect before trouble."""
    rank = {"arrival": 0, "effect": 1, "trouble": 2}[hop.template]
    late = hop.at is None
    return late, hop.at.timestamp() if hop.at else 0.0, rank


def _spaced(hops: list[Hop]) -> list[Hop]:
    """Each with the wait since the one before."""
    spaced: list[Hop] = []
    before: datetime | None = None
    for hop in hops:
        wait = hop.at - before if hop.at and before else None
        worth = wait if wait is not None and wait >= GAP else None
        spaced.append(replace(hop, wait=worth))
        before = hop.at or before
    return spaced
