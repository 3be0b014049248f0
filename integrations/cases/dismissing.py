"""Closing a case without an effect."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from integrations.cases.asking import ask
from integrations.cases.entering import enter, move_to, own, tell
from integrations.cases.lifecycle import STANDING, CaseState
from integrations.cases.models import Case, SignOff
from integrations.cases.sensitivity import dismissal_needs_two
from integrations.errors import Refused
from integrations.messages import services as ledger


@transaction.atomic
def dismiss(*, case: Case, by: Any, reason: str, now: datetime) -> Case:
    """Close it without an effect. Money waits for a second person."""
    fresh = enter("dismiss", case=case, by=by, reason=reason)
    own(fresh, by)
    if fresh.agreement is not None and dismissal_needs_two(
        fresh.agreement.document,
        amount_minor=fresh.amount_minor,
        pointer=str(fresh.detail.get("pointer", "")),
    ):
        return ask(fresh, "dismiss", words="asked to dismiss", by=by, reason=reason, now=now)
    return _dismissed(fresh, by=by, reason=reason, now=now)


def enact(case: Case, asked: SignOff, *, by: Any, reason: str, now: datetime) -> Case:
    """The second person signed it."""
    return _dismissed(case, by=by, reason=reason, now=now)


def _dismissed(case: Case, *, by: Any, reason: str, now: datetime) -> Case:
    if not _let_go(case, now):
        raise Refused("it is being tried again right now; wait for the outcome")
    case.closed_at, case.closed_by, case.resolution = now, by, reason[:300]
    case.save(update_fields=["closed_at", "closed_by", "resolution"])
    move_to(case, CaseState.DISMISSED)
    money = {"amount_minor": case.amount_minor, "currency": case.currency}
    tell(case, "dismissed", by=by, text=reason, now=now, **money)
    return case


def _let_go(case: Case, now: datetime) -> bool:
    """Whether the ledger no longer holds what the case is about; a standing class holds nothing."""
    if case.klass in STANDING:
        return True
    if case.operation_id is not None:
        return ledger.dismiss(operations=[case.operation_id], now=now) == 1
    if case.message_id is not None:
        return ledger.dismiss(messages=[case.message_id], now=now) == 1
    return True
