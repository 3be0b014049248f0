"""Reading notices: a person's own, and what is due to be carried out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from governance.notifications.lifecycle import UNDONE, Channel, Kind
from governance.notifications.models import Delivery, MailChoice, Notification

ORDER = ("-id",)
"""Of an inbox: newest first."""


def inbox(person: Any) -> QuerySet[Delivery]:
    """What this person was told; nobody reads the inbox of another."""
    rows = Delivery.objects.filter(person=person, channel=Channel.INBOX)
    return rows.select_related("notification").order_by(*ORDER)


def unread(person: Any) -> int:
    """How many notices wait to be read; one indexed query."""
    return Delivery.objects.filter(person=person, channel=Channel.INBOX, read_at=None).count()


def due(channel: str, now: datetime) -> QuerySet[Delivery]:
    """Copies whose next try has come."""
    return Delivery.objects.filter(channel=channel, state__in=UNDONE, due_at__lte=now)


def about(kind: str, name: str) -> QuerySet[Notification]:
    """What was told of one thing, newest first."""
    return Notification.objects.filter(about_kind=kind, about=name).order_by("-created_at", "-pk")


def mailed(person: Any) -> dict[Kind, bool]:
    """Each kind, and whether the person wants it as e-mail."""
    off = set(MailChoice.objects.filter(person=person).values_list("kind", flat=True))
    return {kind: kind not in off for kind in Kind}
