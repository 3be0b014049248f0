"""Giving a case to a colleague, and putting it out of sight until a business time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from governance.notifications import services as notices
from integrations.cases.entering import enter, own, tell
from integrations.cases.lifecycle import WORK
from integrations.cases.models import Case, CaseEvent
from integrations.cases.noticing import assigned
from integrations.cases.settling import live
from integrations.errors import Refused

LONGEST = timedelta(days=31)
MOST = 500
"""Cases that one tick wakes."""


@transaction.atomic
def assign(*, case: Case, to: Any, by: Any, reason: str, now: datetime) -> Case:
    """It is theirs from now on, whoever had it; they must be able to work on it."""
    fresh = enter("assign", case=case, by=by, reason=reason)
    if not to.is_active or not to.has_perm(WORK, fresh):
        raise Refused(f"{to.label} may not work on cases of {fresh.domain.name}")
    if fresh.claimed_by_id == to.pk:
        return fresh
    fresh.claimed_by, fresh.claimed_at = to, now
    fresh.save(update_fields=["claimed_by", "claimed_at"])
    tell(fresh, "assigned", by=by, text=reason, now=now, to=to.get_username())
    if to.pk != by.pk:
        notices.tell(assigned(fresh, by=by, reason=reason, now=now), people=[to], now=now)
    return fresh


@transaction.atomic
def snooze(*, case: Case, until: datetime, by: Any, reason: str, now: datetime) -> Case:
    """Out of sight until then; it comes back by itself, and its clocks run on."""
    fresh = enter("snooze", case=case, by=by, reason=reason)
    own(fresh, by)
    if not now < until <= now + LONGEST:
        raise Refused(f"snooze it until a time within {LONGEST.days} days")
    fresh.snoozed_until = until
    fresh.save(update_fields=["snoozed_until"])
    tell(fresh, "snoozed", by=by, text=reason, now=now, until=until.isoformat())
    return fresh


@transaction.atomic
def unsnooze(*, case: Case, by: Any, reason: str = "", now: datetime) -> Case:
    """Back in sight before its time."""
    fresh = enter("unsnooze", case=case, by=by)
    if fresh.snoozed_until is not None:
        fresh.snoozed_until = None
        fresh.save(update_fields=["snoozed_until"])
        tell(fresh, "woken", by=by, text=reason, now=now)
    return fresh


def wake_snoozed(*, now: datetime) -> int:
    """The clock's act: those whose time has come."""
    due = live().filter(snoozed_until__lte=now).order_by("snoozed_until")
    with transaction.atomic():
        pks = list(due.select_for_update().values_list("pk", flat=True)[:MOST])
        Case.objects.filter(pk__in=pks).update(snoozed_until=None)
        text = "its time has come"
        CaseEvent.objects.bulk_create(
            CaseEvent(case_id=pk, at=now, action="woken", text=text) for pk in pks
        )
    return len(pks)
