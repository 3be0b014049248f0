"""Closing the cases of what settled, and mending what a lost message left half done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from integrations.cases.lifecycle import CLOSED, STANDING, CaseState, Urgency
from integrations.cases.models import Case, CaseEvent, Correction, SignOff
from integrations.messages.lifecycle import DONE_OPERATIONS, MessageState, OperationState
from integrations.messages.models import InboxMessage

CHUNK = 500


def live() -> QuerySet[Case]:
    """Cases that nobody and nothing has closed."""
    return Case.objects.exclude(state__in=CLOSED)


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
    refused = live().exclude(klass__in=STANDING).filter(message__in=ids, operation=None)
    closed = close(refused, now=now, resolution=resolution)
    rows = InboxMessage.objects.filter(pk__in=ids).values_list("flow", "key", "sequence")
    newest = {(flow, key): sequence for flow, key, sequence in rows.order_by("sequence")}
    older = (
        live()
        .exclude(klass__in=STANDING)
        .filter(
            Q(operation=None) | Q(state=CaseState.WAITING_SOURCE),
            message__flow__in={flow for flow, _ in newest},
            message__key__in={key for _, key in newest},
        )
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
