"""Answering for a comparison up to the end of a period; where breaks remain, two people do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from governance.audit.services import record
from integrations.errors import NeedsSecondPerson, PermissionRefused, Refused
from integrations.reconciliation.lifecycle import SignState
from integrations.reconciliation.models import PeriodSignOff, Reconciliation
from integrations.reconciliation.queries import Standing, standings

SIGN = "integrations.sign_reconciliation"


def sign(
    *, reconciliation: Reconciliation, begin: date, end: date, by: Any, reason: str, now: datetime
) -> PeriodSignOff:
    """Freeze the figures as they are; without breaks it is signed, with breaks it waits."""
    _refuse(reconciliation, by, reason)
    if not begin <= end <= now.date():
        raise Refused("a period is signed once it began and is over: check its two days")
    [found] = standings([reconciliation])
    clean = not found.breaks
    try:
        with transaction.atomic():
            made = PeriodSignOff.objects.create(
                reconciliation=reconciliation,
                begin=begin,
                end=end,
                state=SignState.SIGNED if clean else SignState.WAITING,
                breaks=found.breaks,
                figures=_frozen(found),
                reason=reason,
                signed_by=by,
                signed_at=now,
            )
            _tell(made, "signed" if clean else "asked", by=by, reason=reason, now=now)
    except IntegrityError as error:
        raise Refused("this period is signed off already") from error
    return made


@transaction.atomic
def countersign(*, sign_off: PeriodSignOff, by: Any, reason: str, now: datetime) -> PeriodSignOff:
    """The second person accepts that breaks remain."""
    fresh = _waiting(sign_off, by, reason)
    if fresh.signed_by_id == by.pk:
        raise NeedsSecondPerson("you signed this; where breaks remain someone else signs too")
    return _decided(fresh, SignState.SIGNED, "countersigned", by=by, reason=reason, now=now)


@transaction.atomic
def refuse(*, sign_off: PeriodSignOff, by: Any, reason: str, now: datetime) -> PeriodSignOff:
    """It is open again; one may take back one's own."""
    fresh = _waiting(sign_off, by, reason)
    if fresh.signed_by_id == by.pk:
        fresh.state = SignState.REFUSED
        fresh.save(update_fields=["state"])
        _tell(fresh, "refused", by=by, reason=reason, now=now)
        return fresh
    return _decided(fresh, SignState.REFUSED, "refused", by=by, reason=reason, now=now)


def _waiting(sign_off: PeriodSignOff, by: Any, reason: str) -> PeriodSignOff:
    fresh = PeriodSignOff.objects.select_for_update().get(pk=sign_off.pk)
    _refuse(fresh.reconciliation, by, reason)
    if fresh.state != SignState.WAITING:
        raise Refused(f"this sign-off is {fresh.state}; nothing waits for a second person")
    return fresh


def _decided(
    fresh: PeriodSignOff, state: SignState, action: str, *, by: Any, reason: str, now: datetime
) -> PeriodSignOff:
    fresh.state, fresh.second_by, fresh.second_at = state, by, now
    fresh.second_reason = reason
    fresh.save(update_fields=["state", "second_by", "second_at", "second_reason"])
    _tell(fresh, action, by=by, reason=reason, now=now)
    return fresh


def _refuse(row: Reconciliation, by: Any, reason: str) -> None:
    if not by.has_perm(SIGN, row.flow):
        raise PermissionRefused("only a finance leader of the domain signs a period off")
    if not reason.strip():
        raise Refused("say what you looked at: the sign-off keeps the reason")


def _frozen(found: Standing) -> dict[str, Any]:
    return {
        "records": found.records,
        "matched": found.matched,
        "breaks": found.breaks,
        "money": [
            {
                "currency": one.currency,
                "compared_minor": one.compared,
                "matched_minor": one.matched,
                "disputed_minor": one.disputed,
                "net_minor": one.net,
            }
            for one in found.money.values()
        ],
    }


def _tell(made: PeriodSignOff, action: str, *, by: Any, reason: str, now: datetime) -> None:
    record(
        f"reconciliation.{action}",
        subject=made,
        by=by,
        reason=reason,
        after={"figures": made.figures, "end": made.end.isoformat(), "state": made.state},
        at=now,
    )
