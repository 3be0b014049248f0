"""Opening cases and closing those whose subject settled: what the machine does to the queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_duration

from governance import canonical
from governance.agreements.models import Agreement
from governance.catalog.models import Connection
from integrations.cases.fingerprints import fingerprint
from integrations.cases.lifecycle import CLOSED, CaseState, Urgency
from integrations.cases.models import Case, CaseEvent, Correction, SignOff
from integrations.messages.lifecycle import DONE_OPERATIONS, MessageState, OperationState
from integrations.messages.models import InboxMessage, Operation

SETTLE_WITHIN = timedelta(hours=4)
"""Where the data contract says nothing, or no contract is concerned."""
CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One thing that a person must look at. `detail` is as in `Case.detail`."""

    klass: str
    title: str
    detail: dict[str, Any] = field(default_factory=dict)
    agreement: Agreement | None = None
    message: InboxMessage | None = None
    operation: Operation | None = None
    connection: str = ""

    @property
    def subject(self) -> tuple[str, int | str, str]:
        """What one open case per class may stand for."""
        if self.operation is not None:
            return ("operation", self.operation.pk, self.klass)
        if self.message is not None:
            return ("message", self.message.pk, self.klass)
        return ("connection", self.connection, self.klass)


def live() -> QuerySet[Case]:
    """Cases that nobody and nothing has closed."""
    return Case.objects.exclude(state__in=CLOSED)


def open_cases(openings: Sequence[Opening], *, now: datetime) -> list[Case]:
    """A case for each, in order; one that is open already is told of again, never doubled."""
    try:
        with transaction.atomic():
            return _open(openings, now)
    except IntegrityError:
        with transaction.atomic():
            return _open(openings, now)


def open_case(
    *,
    klass: str,
    title: str,
    detail: dict[str, Any],
    agreement: Agreement | None = None,
    message: InboxMessage | None = None,
    operation: Operation | None = None,
    connection: str = "",
    now: datetime,
) -> Case:
    """The open case of this subject and class, made if there is none."""
    opening = Opening(
        klass=klass,
        title=title,
        detail=detail,
        agreement=agreement,
        message=message,
        operation=operation,
        connection=connection,
    )
    return open_cases([opening], now=now)[0]


def _open(openings: Sequence[Opening], now: datetime) -> list[Case]:
    held = _held(openings)
    fresh = {one.subject: one for one in openings if one.subject not in held}
    made = Case.objects.bulk_create([_case(one, now) for one in fresh.values()])
    _tell(made, "opened", now)
    again = {one.subject: one for one in openings if one.subject in held}
    for subject, one in again.items():
        _again(held[subject], one, now)
    found = held | dict(zip(fresh, made, strict=True))
    _replace_other_classes(openings, found, now)
    return [found[one.subject] for one in openings]


def _held(openings: Sequence[Opening]) -> dict[tuple[str, int | str, str], Case]:
    """Live cases by subject; one query per kind of subject."""
    wanted: dict[str, list[Any]] = {"operation": [], "message": [], "connection": []}
    for one in openings:
        wanted[one.subject[0]].append(one.subject[1])
    narrow = {
        "operation": Q(operation__in=wanted["operation"]),
        "message": Q(message__in=wanted["message"], operation=None),
        "connection": Q(connection__in=wanted["connection"], message=None, operation=None),
    }
    column = {"operation": "operation_id", "message": "message_id", "connection": "connection"}
    return {
        (kind, getattr(case, column[kind]), case.klass): case
        for kind, ids in wanted.items()
        if ids
        for case in live().filter(narrow[kind]).select_for_update()
    }


def _case(one: Opening, now: datetime) -> Case:
    subject = one.operation or one.message
    message = one.operation.message if one.operation is not None else one.message
    amount = subject.amount_minor if subject is not None else None
    due = (message.accepted_at if message is not None else now) + _settle_within(one.agreement)
    side = _side(one)
    flow = one.agreement.flow if one.agreement is not None else None
    detail = canonical.plain(one.detail)
    return Case(
        klass=one.klass,
        title=one.title[:300],
        detail=detail,
        fingerprint=fingerprint(
            klass=one.klass,
            flow=flow.slug if flow is not None and subject is not None else "",
            detail=detail,
            connection="" if subject is not None else one.connection,
        ),
        domain_id=flow.domain_id if flow is not None else _connection(one).domain_id,
        flow=flow if subject is not None else None,
        agreement=one.agreement,
        message=message,
        operation=one.operation,
        connection=one.connection or side.get("connection", ""),
        system=side.get("system") or _connection(one).system.slug,
        business_key=subject.business_key if subject is not None else "",
        amount_minor=amount,
        currency=subject.currency if subject is not None else "",
        priority=-abs(amount or 0),
        urgency=Urgency.BREACHED if due <= now else Urgency.IN_TIME,
        opened_at=now,
        due_at=due,
    )


def _side(one: Opening) -> dict[str, Any]:
    """The end of the flow where the trouble is."""
    if one.agreement is None:
        return {}
    document: dict[str, Any] = one.agreement.document
    if one.operation is not None:
        return dict(document["target"])
    if one.message is None and one.connection == document["target"]["connection"]:
        return dict(document["target"])
    return dict(document["source"])


def _connection(one: Opening) -> Connection:
    return Connection.objects.select_related("system").get(slug=one.connection)


def _settle_within(agreement: Agreement | None) -> timedelta:
    if agreement is None:
        return SETTLE_WITHIN
    terms = agreement.document.get("contract", {}).get("sla") or {}
    return parse_duration(terms.get("settle_within", "")) or SETTLE_WITHIN


def _tell(cases: Iterable[Case], action: str, now: datetime) -> None:
    CaseEvent.objects.bulk_create(
        CaseEvent(
            case=case, at=now, action=action, text=str(case.detail.get("message") or case.title)
        )
        for case in cases
    )


def _again(case: Case, one: Opening, now: datetime) -> None:
    """It failed again: what a person sees is the newest failure, under the newest rules."""
    waited = case.state in (CaseState.REPLAYING, CaseState.WAITING_CHANGE)
    case.title = one.title[:300]
    case.detail = canonical.plain(one.detail)
    case.agreement = one.agreement or case.agreement
    if waited:
        case.state = CaseState.OPEN
        case.change_request = None
        _tell([case], "failed again", now)
    case.save(update_fields=["title", "detail", "agreement", "state", "change_request"])


def _replace_other_classes(
    openings: Sequence[Opening], found: dict[tuple[str, int | str, str], Case], now: datetime
) -> None:
    """A subject that now fails for another reason leaves its former case behind."""
    kept = [found[one.subject].pk for one in openings]
    moved = Q(state__in=[CaseState.REPLAYING, CaseState.WAITING_CHANGE])
    operations = [one.operation.pk for one in openings if one.operation is not None]
    messages = [
        one.message.pk for one in openings if one.message is not None and one.operation is None
    ]
    same = Q(operation__in=operations) | Q(message__in=messages, operation=None)
    if operations or messages:
        former = live().filter(moved & same).exclude(pk__in=kept)
        close(former, now=now, resolution="Replaced: it now fails for another reason")
    if messages:
        behind = live().filter(message__in=messages, state=CaseState.REPLAYING)
        behind.exclude(operation=None).update(state=CaseState.OPEN)


def close(cases: QuerySet[Case], *, now: datetime, resolution: str) -> int:
    """Resolve live cases, with what still waited for a signature on them."""
    pks = list(cases.values_list("pk", flat=True))
    if not pks:
        return 0
    closed = (
        live()
        .filter(pk__in=pks)
        .update(state=CaseState.RESOLVED, closed_at=now, resolution=resolution[:300])
    )
    CaseEvent.objects.bulk_create(
        CaseEvent(case_id=pk, at=now, action="resolved", text=resolution) for pk in pks
    )
    asked = Correction.objects.filter(case__in=pks, state=Correction.State.PROPOSED)
    asked.update(state=Correction.State.VOID)
    SignOff.objects.filter(case__in=pks, signed_at=None, refused_at=None).update(refused_at=now)
    return closed


def settle(
    *,
    messages: Iterable[int] = (),
    operations: Iterable[int] = (),
    connection: str = "",
    klass: str = "",
    now: datetime,
    resolution: str,
) -> int:
    """Close the cases of what settled, by id; returns how many.

    A message also settles its record's older versions, and with them what waited for the author.
    """
    closed = 0
    with transaction.atomic():
        for ids in _chunks(messages):
            closed += _settle_messages(ids, now, resolution)
        for ids in _chunks(operations):
            closed += close(live().filter(operation__in=ids), now=now, resolution=resolution)
        if connection:
            whole = live().filter(connection=connection, message=None, operation=None)
            narrowed = whole.filter(klass=klass) if klass else whole
            closed += close(narrowed, now=now, resolution=resolution)
    return closed


def _settle_messages(ids: list[int], now: datetime, resolution: str) -> int:
    closed = close(live().filter(message__in=ids, operation=None), now=now, resolution=resolution)
    rows = InboxMessage.objects.filter(pk__in=ids).values_list("flow", "key", "sequence")
    newest = {(flow, key): sequence for flow, key, sequence in rows.order_by("sequence")}
    older = live().filter(
        Q(operation=None) | Q(state=CaseState.WAITING_SOURCE),
        message__flow__in={flow for flow, _ in newest},
        message__key__in={key for _, key in newest},
    )
    marks = older.values_list(
        "pk", "message_id", "message__flow", "message__key", "message__sequence"
    )
    passed = {
        pk: message
        for pk, message, flow, key, sequence in marks
        if sequence < newest.get((flow, key), 0)
    }
    if passed:
        bound = Correction.objects.filter(message__in=set(passed.values()))
        bound.filter(state=Correction.State.SIGNED).update(state=Correction.State.VOID)
        text = "The author system sent a newer version, and it settled"
        closed += close(live().filter(pk__in=passed), now=now, resolution=text)
    return closed


def _chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    every = list(ids)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))


def mark_breached(*, now: datetime) -> int:
    """Move cases whose time is up to the head of the queue."""
    late = live().filter(due_at__lte=now).exclude(urgency=Urgency.BREACHED)
    return late.update(urgency=Urgency.BREACHED)


def mend(*, now: datetime) -> int:
    """Close replays whose subject settled unheard, and reopen those that nothing carries on."""
    replaying = live().filter(state=CaseState.REPLAYING)
    stuck = replaying.filter(
        operation__state=OperationState.FAILED, message__state=MessageState.PLANNED
    )
    reopened = stuck.update(state=CaseState.OPEN)
    settled = replaying.filter(
        Q(operation__state__in=DONE_OPERATIONS)
        | Q(operation=None, message__state__in=[MessageState.PLANNED, MessageState.SUPERSEDED])
    )
    return reopened + close(settled, now=now, resolution="The replay settled")
