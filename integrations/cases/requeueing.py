"""Giving what a case holds back to the ledger."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from integrations.cases.entering import move_to
from integrations.cases.lifecycle import CaseClass, CaseState
from integrations.cases.models import Case, CaseEvent
from integrations.connectors import services as connectors
from integrations.messages import services as ledger
from integrations.messages.lifecycle import Outcome, Share
from integrations.messages.models import Attempt, ClosedAttempt
from integrations.nudges import nudge


def wake(*, cases: list[Case], now: datetime) -> None:
    """Plan anew what waited for a change that is active now; the clock's act, not a person's."""
    with transaction.atomic():
        for case in cases:
            waiting = Case.objects.filter(pk=case.pk, state=CaseState.WAITING_CHANGE)
            if waiting.update(state=CaseState.REPLAYING) != 1:
                continue
            CaseEvent.objects.create(
                case=case, at=now, action="woken", text=f"change {case.change_request} is active"
            )
            requeue(case, now, replan=True)


def release_known(*, cases: list[Case], now: datetime) -> None:
    """Try again what waited for a record that is known now; the clock's act, not a person's."""
    with transaction.atomic():
        for case in cases:
            waiting = Case.objects.filter(pk=case.pk, state=CaseState.OPEN)
            if waiting.update(state=CaseState.REPLAYING) != 1:
                continue
            text = "what it refers to is known now"
            CaseEvent.objects.create(case=case, at=now, action="woken", text=text)
            requeue(case, now)


def requeue(case: Case, now: datetime, *, replan: bool = False, resend: bool = False) -> None:
    """Back to the ledger. After a fix of record or rules even an operation is planned anew.

    `resend`: two people have said that the effect is not there.
    """
    move_to(case, CaseState.REPLAYING)
    if case.operation_id is not None and (not replan or may_have_sent(case.operation_id)):
        chosen = [case.operation_id]
        ledger.requeue(operations=chosen, now=now, share=Share.REPLAY, resend=resend)
    elif case.message_id is not None:
        ledger.requeue(messages=[case.message_id], now=now, share=Share.REPLAY)
    else:
        _use_again(case)


def may_have_sent(operation: int) -> bool:
    """The target may hold what this operation sent, so its body stands."""
    told = (Outcome.OK, Outcome.UNKNOWN, Outcome.DEAD)
    return (
        ClosedAttempt.objects.filter(operation=operation, outcome__in=told).exists()
        or Attempt.objects.filter(operation=operation).exists()
    )


def _use_again(case: Case) -> None:
    """A whole connection: believe the person, and let the next try tell."""
    if case.klass in (CaseClass.AUTH, CaseClass.EXHAUSTED):
        connectors.close(connection=case.connection)
    nudge("integrations.tick")
