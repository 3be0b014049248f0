"""Opening cases and closing those whose subject settled: what the machine does to the queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.dateparse import parse_duration

from governance import canonical
from governance.agreements.models import Agreement
from governance.catalog.models import Connection
from integrations.cases import path
from integrations.cases.clocks import Clocks
from integrations.cases.fingerprints import fingerprint
from integrations.cases.lifecycle import CaseState, Urgency
from integrations.cases.models import Case, CaseEvent
from integrations.cases.settling import close, live
from integrations.cases.worth import Worth, reader
from integrations.messages import bodies
from integrations.messages.models import InboxMessage, Operation
from integrations.messages.queries import packed

__all__ = ["Opening", "live", "open_case", "open_cases"]

Subject = tuple[str, int | str, str]
"""Kind, id and class: what one open case may stand for."""
SETTLE_WITHIN = timedelta(hours=4)
"""Where the data contract says nothing, or no contract is concerned."""


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
    def record(self) -> InboxMessage | None:
        """The record that it is about."""
        return self.operation.message if self.operation is not None else self.message

    @property
    def subject(self) -> Subject:
        """What one open case per class may stand for."""
        if self.operation is not None:
            return ("operation", self.operation.pk, self.klass)
        if self.message is not None:
            return ("message", self.message.pk, self.klass)
        return ("connection", self.connection, self.klass)


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
    told, clocks = _worths(list(fresh.values())), Clocks.load()
    made = Case.objects.bulk_create([_case(one, told, clocks, now) for one in fresh.values()])
    _tell(made, "opened", now)
    _again({one.subject: one for one in openings if one.subject in held}, held, now)
    found = held | dict(zip(fresh, made, strict=True))
    _replace_other_classes(openings, found, now)
    return [found[one.subject] for one in openings]


def _held(openings: Sequence[Opening]) -> dict[Subject, Case]:
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


def _worths(openings: Sequence[Opening]) -> dict[int, Worth]:
    """Message id → what its record tells."""
    untold = [
        (one.agreement, message)
        for one in openings
        if one.agreement is not None and (message := one.record) is not None
    ]
    held = packed((message.month, message.content_hash) for _, message in untold)
    readers = {one.pk: reader(one.document) for one, _ in untold}
    found = {}
    for agreement, message in untold:
        with suppress(KeyError, bodies.Unkept):
            source = bodies.unpack(held[message.content_hash])
            found[message.pk] = readers[agreement.pk](source)
    return found


def _worth(one: Opening, told: dict[int, Worth]) -> Worth:
    """What planning knew of it, else what its record tells."""
    subject, record = one.operation or one.message, one.record
    if subject is None or record is None:
        return Worth()
    read = told.get(record.pk, Worth())
    if one.operation is None and subject.amount_minor is None and record.pk in told:
        return read
    return replace(
        read,
        business_key=subject.business_key,
        amount_minor=subject.amount_minor,
        currency=subject.currency,
    )


def _case(one: Opening, told: dict[int, Worth], clocks: Clocks, now: datetime) -> Case:
    subject = one.operation or one.message
    message, worth = one.record, _worth(one, told)
    side = _side(one)
    flow = one.agreement.flow if one.agreement is not None else None
    detail = canonical.plain(one.detail)
    case = Case(
        klass=one.klass,
        title=one.title[:300],
        detail=detail,
        fingerprint=fingerprint(
            klass=one.klass,
            flow=flow.slug if flow is not None and subject is not None else "",
            detail=detail,
            connection="" if subject is not None else one.connection,
        ),
        domain=flow.domain if flow is not None else _connection(one).domain,
        flow=flow if subject is not None else None,
        agreement=one.agreement,
        message=message,
        operation=one.operation,
        connection=one.connection or side.get("connection", ""),
        system=side.get("system") or _connection(one).system.slug,
        business_key=worth.business_key,
        customer=worth.customer,
        project=worth.project,
        region=worth.region,
        legal_entity=worth.legal_entity,
        amount_minor=worth.amount_minor,
        currency=worth.currency,
        priority=-abs(worth.amount_minor or 0),
        opened_at=now,
        due_at=now,
    )
    _wind(case, clocks, now)
    return case


def _wind(case: Case, clocks: Clocks, now: datetime) -> None:
    """Set its clocks, in the business time of whoever owns it."""
    begun = case.message.accepted_at if case.message is not None else now
    case.due_at = clocks.after(case, begun, _settle_within(case.agreement))
    case.urgency = Urgency.BREACHED if case.due_at <= now else Urgency.IN_TIME
    path.wind(case, clocks)


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
    return Connection.objects.select_related("system", "domain").get(slug=one.connection)


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


def _again(told: dict[Subject, Opening], held: dict[Subject, Case], now: datetime) -> None:
    """It failed again: what a person sees is the newest failure, under the newest rules."""
    reopened = []
    for subject, one in told.items():
        case = held[subject]
        case.title = one.title[:300]
        case.detail = canonical.plain(one.detail)
        case.agreement = one.agreement or case.agreement
        if case.state in (CaseState.REPLAYING, CaseState.WAITING_CHANGE):
            case.state, case.change_request = CaseState.OPEN, None
            reopened.append(case)
    columns = ["title", "detail", "agreement", "state", "change_request"]
    Case.objects.bulk_update([held[subject] for subject in told], columns, batch_size=500)
    _tell(reopened, "failed again", now)


def _replace_other_classes(
    openings: Sequence[Opening], found: dict[Subject, Case], now: datetime
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
