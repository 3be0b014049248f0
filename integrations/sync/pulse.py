"""Keeps a run's lease alive while its worker waits for another system."""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event, Thread
from types import TracebackType

from django.db import DatabaseError, connection

from integrations.leases import from_now
from integrations.sync.models import SyncRun

LEASE = timedelta(seconds=10)
BEAT = timedelta(seconds=3)
log = logging.getLogger(__name__)


class LostLease(Exception):
    """Another worker has taken the run over; this one must change nothing more."""


class Pulse:
    """`with Pulse(run, fence)` renews from a thread of its own; the fence is the safety."""

    def __init__(self, run: int, fence: int) -> None:
        self._mine = {"pk": run, "fence": fence}
        self._stop = Event()
        self._thread = Thread(target=self._beat, name=f"pulse-{run}", daemon=True)

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def hold(self) -> None:
        """Renew within the caller's transaction, whose row lock keeps a rival out until commit."""
        if SyncRun.objects.filter(**self._mine).update(lease_until=from_now(LEASE)) != 1:
            raise LostLease

    def _beat(self) -> None:
        try:
            while not self._stop.wait(BEAT.total_seconds()):
                self._renew()
        finally:
            connection.close()

    def _renew(self) -> None:
        """A database that is away costs one beat; the lease then decides."""
        try:
            SyncRun.objects.filter(**self._mine).exclude(lease_until=None).update(
                lease_until=from_now(LEASE)
            )
        except DatabaseError:
            log.warning("could not renew the lease of run %s", self._mine["pk"])
            connection.close()
