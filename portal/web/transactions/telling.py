"""One transaction as a story: what arrived, what was sent, what was answered, where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from governance.agreements.models import Agreement
from governance.approvals.models import Activation
from integrations.cases.lifecycle import CLOSED
from integrations.cases.models import Case, CaseEvent
from integrations.messages.lifecycle import MessageState, OperationState
from integrations.messages.models import ClosedAttempt, InboxMessage, Operation
from portal.access import scopes
from portal.accounts.models import User
from portal.web.shell.wording import headline, system_name

MOST = 100
"""Record versions on one page."""
GAP = timedelta(minutes=1)
"""A wait from here on is worth a line."""


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


@dataclass(frozen=True, slots=True)
class Milestone:
    """One step of the line above the timeline."""

    name: str
    kind: str
    at: datetime | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A flow agreement that something here ran under, and who approved it."""

    agreement: Agreement
    activation: Activation | None
    approvers: list[str]
    systems: list[tuple[str, str]]
    """(attribute group, its system of record)."""


@dataclass(slots=True)
class Story:
    """Everything that the page of one transaction shows."""

    key: str
    hops: list[Hop]
    milestones: list[Milestone]
    stops: list[Case]
    money: list[tuple[str, int]]
    records: list[InboxMessage]
    """The newest version of each record."""
    rulings: list[Ruling]
    people: list[tuple[str, list[str]]]
    versions: int
    cut: bool
    flows: list[str] = field(default_factory=list)

    @property
    def moving(self) -> bool:
        """Something is still to come."""
        kinds = {one.kind for one in self.hops} | {one.kind for one in self.milestones}
        return "next" in kinds


def story(person: User, key: str, messages: Sequence[InboxMessage]) -> Story:
    """A number of queries that does not grow with the transaction."""
    operations = list(
        Operation.objects.filter(message__in=messages)
        .select_related("lane")
        .order_by("message_id", "position", "pk")
    )
    _share_agreements([*messages, *operations])
    attempts = _attempts(operations)
    cases = list(
        scopes.cases(person)
        .filter(message__in=messages)
        .select_related("claimed_by", "closed_by", "domain", "agreement")
        .order_by("pk")
    ) + list(
        scopes.cases(person)
        .filter(message=None, operation__in=operations)
        .select_related("claimed_by", "closed_by", "domain", "agreement")
    )
    events = _events(cases)
    latest = _latest(messages)
    stops = [case for case in cases if case.state not in CLOSED]
    hops = [
        *_arrivals(messages),
        *_effects(messages, operations, attempts),
        *_troubles(cases, events),
    ]
    rulings = _rulings([*messages, *operations])
    return Story(
        key=key,
        hops=_spaced(sorted(hops, key=_when)),
        milestones=_milestones(latest, operations, stops),
        stops=stops,
        money=_money(latest),
        records=latest,
        rulings=rulings,
        people=_people(cases, events, rulings),
        versions=len(messages),
        cut=len(messages) >= MOST,
        flows=sorted({one.flow.name for one in messages}),
    )


def _share_agreements(rows: Sequence[InboxMessage | Operation]) -> None:
    """Each flow agreement is loaded once, however many rows ran under it."""
    held = Agreement.objects.in_bulk({one.agreement_id for one in rows})
    for one in rows:
        one.agreement = held[one.agreement_id]


def _when(hop: Hop) -> tuple[bool, float, int]:
    """What is to come stands last; on a tie, arrival before effect before trouble."""
    rank = {"arrival": 0, "effect": 1, "trouble": 2}[hop.template]
    late = hop.at is None
    return late, hop.at.timestamp() if hop.at else 0.0, rank


def _attempts(operations: Sequence[Operation]) -> dict[int, list[ClosedAttempt]]:
    found: dict[int, list[ClosedAttempt]] = {}
    rows = ClosedAttempt.objects.filter(operation__in=[one.pk for one in operations])
    for one in rows.order_by("operation", "fence"):
        found.setdefault(one.operation, []).append(one)
    return found


def _events(cases: Sequence[Case]) -> dict[int, list[CaseEvent]]:
    found: dict[int, list[CaseEvent]] = {}
    rows = CaseEvent.objects.filter(case__in=cases).select_related("by").order_by("at", "pk")
    for one in rows:
        found.setdefault(one.case_id, []).append(one)
    return found


def _arrivals(messages: Iterable[InboxMessage]) -> list[Hop]:
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


_DONE = {
    OperationState.APPLIED: "applied",
    OperationState.UNCHANGED: "was there already",
    OperationState.SUPERSEDED: "superseded",
    OperationState.DISMISSED: "dismissed",
}


def _effects(
    messages: Sequence[InboxMessage],
    operations: Sequence[Operation],
    attempts: dict[int, list[ClosedAttempt]],
) -> list[Hop]:
    by_id = {one.pk: one for one in messages}
    return [_effect(one, by_id[one.message_id], attempts.get(one.pk, [])) for one in operations]


def _effect(one: Operation, message: InboxMessage, tries: list[ClosedAttempt]) -> Hop:
    done = _DONE.get(OperationState(one.state))
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


def _troubles(cases: Iterable[Case], events: dict[int, list[CaseEvent]]) -> list[Hop]:
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


def _latest(messages: Sequence[InboxMessage]) -> list[InboxMessage]:
    newest = {(one.flow_id, one.key): one for one in sorted(messages, key=lambda m: m.sequence)}
    return sorted(newest.values(), key=lambda one: one.pk)


def _money(latest: Iterable[InboxMessage]) -> list[tuple[str, int]]:
    """What the newest versions are worth, per currency."""
    sums: dict[str, int] = {}
    for one in latest:
        if one.amount_minor is not None and one.state != MessageState.DISMISSED:
            sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor
    return sorted(sums.items())


def _milestones(
    latest: Sequence[InboxMessage], operations: Sequence[Operation], stops: Sequence[Case]
) -> list[Milestone]:
    """Arrived, agreed, sent, settled: how far all records of the transaction have come."""
    newest = {one.pk for one in latest}
    effects = [one for one in operations if one.message_id in newest]
    planned = [one for one in latest if one.state == MessageState.PLANNED]
    gone = [one for one in latest if one.state == MessageState.DISMISSED]
    settled = [one for one in effects if one.state in _DONE]
    whole = len(planned) + len(gone)
    return [
        _milestone("Arrived", len(latest), len(latest), [m.accepted_at for m in latest], False),
        _milestone("Planned", whole, len(latest), [m.planned_at for m in planned], bool(stops)),
        _milestone(
            "Settled",
            len(settled) if whole == len(latest) else min(len(settled), len(effects)),
            len(effects) + (len(latest) - whole),
            [one.settled_at for one in settled],
            bool(stops) and whole == len(latest),
        ),
    ]


def _milestone(
    name: str, done: int, whole: int, times: Sequence[datetime | None], stopped: bool
) -> Milestone:
    known = [one for one in times if one is not None]
    at = max(known) if known else None
    if done >= whole:
        return Milestone(name, "done", at, f"all {whole}" if whole > 1 else "")
    if stopped:
        return Milestone(f"Not {name.lower()}", "stop", None, f"{done} of {whole}")
    return Milestone(name, "next", None, f"{done} of {whole}")


def _rulings(rows: Iterable[InboxMessage | Operation]) -> list[Ruling]:
    agreements = {one.agreement_id: one.agreement for one in rows}
    found = Activation.objects.filter(agreements__in=agreements).select_related("request")
    approved: dict[int, Activation] = {}
    rows_ = found.prefetch_related("agreements", "revision__votes__person").order_by("at", "pk")
    for activation in rows_:
        for agreement in activation.agreements.all():
            approved.setdefault(agreement.pk, activation)
    return [
        Ruling(one, approved.get(pk), _approvers(approved.get(pk)), _systems(one))
        for pk, one in sorted(agreements.items())
    ]


def _approvers(activation: Activation | None) -> list[str]:
    if activation is None:
        return []
    votes = [
        one
        for one in activation.revision.votes.all()
        if one.verdict == "approve" and one.voided_at is None
    ]
    return [one.person.label for one in votes]


def _systems(agreement: Agreement) -> list[tuple[str, str]]:
    rows = agreement.document.get("authority", [])
    return sorted({(str(one["group"]), system_name(str(one["system"]))) for one in rows})


def _people(
    cases: Iterable[Case], events: dict[int, list[CaseEvent]], rulings: Iterable[Ruling]
) -> list[tuple[str, list[str]]]:
    """Who did what to it, in the order of appearance."""
    did: dict[str, list[str]] = {}
    for ruling in rulings:
        for name in ruling.approvers:
            did.setdefault(name, []).append(f"approved flow agreement {ruling.agreement.number}")
    for case in cases:
        for event in events.get(case.pk, []):
            if event.by is not None:
                did.setdefault(event.by.label, []).append(event.action)
    return [(name, list(dict.fromkeys(acts))) for name, acts in did.items()]
