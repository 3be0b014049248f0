"""One transaction as a story: its hops, milestones, money, people and rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from governance import clock
from governance.agreements.models import Agreement
from integrations.cases.lifecycle import CLOSED
from integrations.cases.models import Case, CaseEvent
from integrations.messages.lifecycle import MessageState
from integrations.messages.models import ClosedAttempt, InboxMessage, Operation
from integrations.sla.models import Unit
from portal.access import scopes
from portal.accounts.models import User
from portal.web.transactions import hops as telling
from portal.web.transactions import passing
from portal.web.transactions.hops import Hop
from portal.web.transactions.milestones import Milestone, milestones
from portal.web.transactions.rulings import Ruling, rulings

MOST = 100
"""Record versions on one page."""


@dataclass(slots=True)
class Story:
    """Everything that the page of one transaction shows."""

    key: str
    hops: list[Hop]
    milestones: list[Milestone]
    """Of the records: arrived, planned, settled."""
    unit: Unit | None
    """The business thing of that key, where records tell of one."""
    passed: list[Milestone]
    """Its milestones from approval to cash."""
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
    operations = _operations(messages)
    _share_agreements([*messages, *operations])
    cases = _cases(person, messages, operations)
    events = _events(cases)
    latest = _latest(messages)
    stops = [case for case in cases if case.state not in CLOSED]
    ruled = rulings([*messages, *operations])
    unit = passing.unit_of(key)
    told = [
        *telling.arrivals(messages),
        *telling.effects(messages, operations, _attempts(operations)),
        *telling.troubles(cases, events),
    ]
    return Story(
        key=key,
        hops=telling.in_order(told),
        milestones=milestones(latest, operations, stops),
        unit=unit,
        passed=passing.passed(unit, now=clock.now(), stopped=bool(stops)) if unit else [],
        stops=stops,
        money=_money(latest),
        records=latest,
        rulings=ruled,
        people=_people(cases, events, ruled),
        versions=len(messages),
        cut=len(messages) >= MOST,
        flows=sorted({one.flow.name for one in messages}),
    )


def _operations(messages: Sequence[InboxMessage]) -> list[Operation]:
    rows = Operation.objects.filter(message__in=messages).select_related("lane")
    return list(rows.order_by("message_id", "position", "pk"))


def _cases(
    person: User, messages: Sequence[InboxMessage], operations: Sequence[Operation]
) -> list[Case]:
    rows = scopes.cases(person).filter(Q(message__in=messages) | Q(operation__in=operations))
    found = rows.select_related("claimed_by", "closed_by", "domain", "agreement")
    return list(found.order_by("pk"))


def _share_agreements(rows: Sequence[InboxMessage | Operation]) -> None:
    """Each flow agreement is loaded once, however many rows ran under it."""
    held = Agreement.objects.in_bulk({one.agreement_id for one in rows})
    for one in rows:
        one.agreement = held[one.agreement_id]


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
