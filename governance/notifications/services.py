"""Telling people and webhooks, and what they do with it. Nothing here opens a socket."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from governance.notifications.lifecycle import UNDONE, Channel, DeliveryState, Kind
from governance.notifications.models import Delivery, MailChoice, Notification
from governance.notifications.queries import inbox
from governance.nudges import nudge

__all__ = ["Said", "choose_mail", "mark_all_read", "mark_read", "moot", "tell"]

OWN_WAYS = (Channel.INBOX, Channel.EMAIL)
"""By which a person is told unless the caller says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is told: `event` names what happened, so that it is told once."""

    event: str
    kind: Kind
    subject: str
    text: str = ""
    about: tuple[str, str] = ("", "")
    """Kind and slug or id; where the portal has a place for that kind, the notice leads there."""


@transaction.atomic
def tell(
    said: Said,
    *,
    people: Iterable[Any] = (),
    webhooks: Iterable[str] = (),
    ways: Collection[str] = OWN_WAYS,
    now: datetime,
) -> Notification:
    """One notice, one copy for each recipient and way. Told again, it only reaches who is new.

    The caller has decided who may know. E-mail goes to those who have an address and want it.
    """
    row = _notice(said, now)
    told = {one.pk: one for one in people if one.is_active}
    copies = [_copy(row, Channel.WEBHOOK, now, address=one) for one in dict.fromkeys(webhooks)]
    if Channel.INBOX in ways:
        copies += [_copy(row, Channel.INBOX, now, person=one) for one in told.values()]
    if Channel.EMAIL in ways:
        copies += [_copy(row, Channel.EMAIL, now, person=one) for one in _mailed(said.kind, told)]
    Delivery.objects.bulk_create(copies, ignore_conflicts=True)
    for channel in sorted({one.channel for one in copies} - {Channel.INBOX}):
        nudge("integrations.carry", channel=str(channel))
    return row


def _notice(said: Said, now: datetime) -> Notification:
    kind, name = said.about
    row = Notification(
        event=said.event[:200],
        kind=said.kind,
        subject=" ".join(said.subject.split())[:300],
        text=said.text,
        link=settings.PLACES.get(kind, "").format(name),
        about_kind=kind,
        about=name,
        created_at=now,
    )
    Notification.objects.bulk_create([row], ignore_conflicts=True)
    return Notification.objects.get(event=row.event)


def _copy(
    row: Notification, channel: Channel, now: datetime, *, person: Any = None, address: str = ""
) -> Delivery:
    """What goes into an inbox has arrived."""
    there = channel == Channel.INBOX
    return Delivery(
        notification=row,
        channel=channel,
        person=person,
        address=address,
        state=DeliveryState.SENT if there else DeliveryState.PENDING,
        due_at=None if there else now,
        sent_at=now if there else None,
    )


def _mailed(kind: Kind, people: dict[int, Any]) -> list[Any]:
    refused = MailChoice.objects.filter(kind=kind, person__in=people)
    off = set(refused.values_list("person_id", flat=True))
    return [one for one in people.values() if one.email and one.pk not in off]


def mark_read(*, by: Any, ids: Collection[int], now: datetime) -> int:
    """Only one's own; returns how many were unread."""
    return inbox(by).filter(pk__in=ids, read_at=None).update(read_at=now)


def mark_all_read(*, by: Any, now: datetime) -> int:
    """Everything that is in the inbox now."""
    return inbox(by).filter(read_at=None).update(read_at=now)


def moot(
    *, kinds: Collection[str], about: tuple[str, str], now: datetime, person: Any = None
) -> None:
    """What was asked for is done: it no longer stands unread, nor is it mailed any more."""
    rows = Delivery.objects.filter(
        notification__kind__in=kinds,
        notification__about_kind=about[0],
        notification__about=about[1],
    )
    if person is not None:
        rows = rows.filter(person=person)
    rows.filter(channel=Channel.INBOX, read_at=None).update(read_at=now)
    waiting = rows.filter(state__in=UNDONE, lease_until=None)
    waiting.update(state=DeliveryState.MOOT, due_at=None)


def choose_mail(*, by: Any, kinds: Collection[str]) -> None:
    """Which kinds come by e-mail from now on; the others only go to the inbox."""
    with transaction.atomic():
        MailChoice.objects.filter(person=by).delete()
        off = [kind for kind in Kind if kind not in kinds]
        MailChoice.objects.bulk_create(MailChoice(person=by, kind=kind) for kind in off)
