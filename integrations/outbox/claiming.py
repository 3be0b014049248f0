"""Leasing one due copy at a time, and writing down what became of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from governance.notifications.lifecycle import DeliveryState
from governance.notifications.models import Delivery
from governance.notifications.queries import due
from integrations.leases import free, from_now
from integrations.outbox.lifecycle import LEASE


def claim(*, channel: str, now: datetime) -> Delivery | None:
    """The one that waits longest, for this worker alone; its try counts before any work."""
    with transaction.atomic():
        waiting = due(channel, now).filter(free()).order_by("due_at", "pk")
        found = waiting.select_for_update(skip_locked=True).values_list("pk", flat=True).first()
        if found is None:
            return None
        Delivery.objects.filter(pk=found).update(
            tries=F("tries") + 1, fence=F("fence") + 1, lease_until=from_now(LEASE)
        )
        return Delivery.objects.select_related("notification", "person").get(pk=found)


def sent(copy: Delivery, *, now: datetime) -> bool:
    """It arrived; false if another worker holds it by now."""
    return _closed(copy, state=DeliveryState.SENT, sent_at=now, due_at=None, last_error="")


def failed(copy: Delivery, why: str, *, again_at: datetime | None) -> bool:
    """Tried again at `again_at`, or given up for good."""
    state = DeliveryState.FAILED if again_at else DeliveryState.GIVEN_UP
    return _closed(copy, state=state, due_at=again_at, last_error=why[:500])


def _closed(copy: Delivery, **fields: object) -> bool:
    mine = Delivery.objects.filter(pk=copy.pk, fence=copy.fence)
    return mine.update(lease_until=None, **fields) == 1
