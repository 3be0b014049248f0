"""Carrying notices to mailboxes and webhooks: at least once, under a key that stays the same."""

from __future__ import annotations

import random
import time
from datetime import datetime

import structlog
from django.contrib.auth import get_user_model

from governance import crash
from governance.notifications.lifecycle import UNDONE, Channel, Kind
from governance.notifications.models import Delivery
from governance.notifications.services import Said, tell
from governance.ownership.lifecycle import Seat
from governance.ownership.queries import seated
from integrations.errors import NeedsAPerson, TryLater
from integrations.nudges import nudge
from integrations.outbox.claiming import claim, failed, sent
from integrations.outbox.hooking import send_hook
from integrations.outbox.lifecycle import MOST_TRIES, next_try
from integrations.outbox.mailing import send_mail

logger = structlog.get_logger(__name__)
TURN_SECONDS = 20.0


def carry(*, channel: str, now: datetime) -> int:
    """Deliver what is due by this channel for a while; how many arrived."""
    arrived, started = 0, time.monotonic()
    while copy := claim(channel=channel, now=now):
        arrived += _carried(copy, now)
        if time.monotonic() - started > TURN_SECONDS:
            nudge("integrations.carry", channel=channel)
            break
    return arrived


def ring(*, now: datetime) -> None:
    """Nudge every channel on which something is due: a nudge may have been lost."""
    waiting = Delivery.objects.filter(state__in=UNDONE, due_at__lte=now)
    for channel in waiting.order_by("channel").values_list("channel", flat=True).distinct():
        nudge("integrations.carry", channel=channel)


def _carried(copy: Delivery, now: datetime) -> bool:
    if copy.tries > MOST_TRIES:
        _put_off(copy, "every worker that tried it died over it", None, now)
        return False
    send = send_mail if copy.channel == Channel.EMAIL else send_hook
    try:
        send(copy)
    except TryLater as error:
        spread = random.random()  # noqa: S311  jitter
        again = next_try(
            tries=copy.tries, after_seconds=error.after_seconds, spread=spread, now=now
        )
        _put_off(copy, str(error), again, now)
        return False
    except NeedsAPerson as error:
        _put_off(copy, str(error), None, now)
        return False
    crash.point("after_notice_sent")
    return sent(copy, now=now)


def _put_off(copy: Delivery, why: str, again: datetime | None, now: datetime) -> None:
    if failed(copy, why, again_at=again) and again is None:
        logger.warning("a notice was given up", delivery=copy.pk, channel=copy.channel, why=why)
        _say_so(copy, why, now)


def _say_so(copy: Delivery, why: str, now: datetime) -> None:
    """The administrators see it in their inbox: once a day for each recipient, never by mail."""
    to = copy.person.label if copy.person is not None else copy.address
    whom = f"person/{copy.person_id}" if copy.person_id else f"webhook/{copy.address}"
    admins = get_user_model()._default_manager.filter(
        pk__in=seated(Seat.PLATFORM_ADMIN, domain=None)
    )
    said = Said(
        event=f"undelivered/{whom}/{now:%Y-%m-%d}",
        kind=Kind.UNDELIVERED,
        subject=f"Notices do not reach {to} by {copy.channel}",
        text=f"Given up at try {copy.tries}: {why}.",
        about=("delivery", str(copy.pk)),
    )
    tell(said, people=admins, ways=(Channel.INBOX,), now=now)
