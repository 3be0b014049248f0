"""Celery beat under a lease in the database: a spare one stands by and takes over.

Two that ring at once would do no harm, because the slot's row decides; the lease spares the noise.
"""

from __future__ import annotations

import logging
import os
import socket
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import DatabaseError, IntegrityError, close_old_connections, transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Now
from django_celery_beat.schedulers import DatabaseScheduler

from integrations.leases import from_now
from integrations.sync.models import BeatLease
from integrations.sync.timetable import keep_all

NAME = "beat"
LEASE = timedelta(seconds=15)
"""Three times the longest sleep between two ticks."""
STAND_BY = 2.0
log = logging.getLogger(__name__)


def hold(*, holder: str, name: str = NAME, lease: timedelta = LEASE) -> bool:
    """Take or renew the lease; false while another holds it."""
    mine_or_free = Q(holder=holder) | Q(until__lt=Now())
    taken = BeatLease.objects.filter(mine_or_free, name=name).update(
        holder=holder,
        until=from_now(lease),
        taken_at=Case(When(holder=holder, then=F("taken_at")), default=Now()),
    )
    if taken:
        return True
    try:
        with transaction.atomic():
            BeatLease.objects.create(
                name=name, holder=holder, until=from_now(lease), taken_at=Now()
            )
    except IntegrityError:
        return False
    return True


def let_go(*, holder: str, name: str = NAME) -> None:
    """A beat that stops in order leaves at once."""
    BeatLease.objects.filter(name=name, holder=holder).delete()


class LeasedScheduler(DatabaseScheduler):  # type: ignore[misc]
    """django-celery-beat's scheduler, silent unless it holds the lease."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        keep_all()
        super().setup_schedule()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Seconds until the next call; a database that is away means standing by."""
        try:
            close_old_connections()
            if not hold(holder=self.holder):
                return STAND_BY
        except DatabaseError:
            log.warning("beat cannot reach the database; standing by")
            return STAND_BY
        pause: float = min(super().tick(*args, **kwargs), self.max_interval)
        return pause

    def close(self) -> None:
        super().close()
        try:
            let_go(holder=self.holder)
        except DatabaseError:
            log.warning("beat stops without the database; its lease runs out by itself")
