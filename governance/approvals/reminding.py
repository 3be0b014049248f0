"""Votes that are still missing are asked for again each business day of the request's domain."""

from __future__ import annotations

from datetime import date, datetime, time

from governance.approvals import notices
from governance.approvals.lifecycle import State
from governance.approvals.models import ChangeRequest
from governance.notifications.lifecycle import Kind
from governance.notifications.models import Notification
from governance.ownership.business_time import Calendar
from governance.ownership.queries import calendars

USUAL = Calendar.from_document({"time_zone": "UTC"})
"""Where nobody agreed on business hours."""


def remind(*, now: datetime) -> None:
    """Once a day and request, however often it is called; two queries while nothing is due."""
    rows = ChangeRequest.objects.filter(state=State.IN_REVIEW).select_related("domain", "opened_by")
    held = calendars() if (waiting := list(rows)) else {}
    due = {}
    for request in waiting:
        calendar = held.get(request.domain.slug if request.domain else "", USUAL)
        if day := _day(calendar, request.touched_at, now):
            due[f"{Kind.VOTE_WAITING}/{request.pk}/{request.revision_number}/{day}"] = request
    told = Notification.objects.filter(event__in=due).values_list("event", flat=True)
    for event in due.keys() - set(told):
        notices.ask(due[event], now=now, kind=Kind.VOTE_WAITING, event=event)


def _day(calendar: Calendar, since: datetime, now: datetime) -> date | None:
    """Today, once its business has begun and a whole business day went by without a word."""
    today = calendar.day_of(now)
    midnight = datetime.combine(today, time.min, tzinfo=calendar.zone)
    begun = calendar.seconds_between(midnight, now) > 0
    silent = calendar.seconds_between(since, now) >= calendar.day_seconds
    return today if begun and silent else None
