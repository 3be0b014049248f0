"""Renews the leases of one worker while it sends."""

import logging
import threading
import time
from types import TracebackType
from typing import Self

from django.db import DatabaseError, connection

from integrations.messages.services import renew
from integrations.messages.sql import LEASE_SECONDS

EVERY_SECONDS = 3.0
MARGIN_SECONDS = 2.0
log = logging.getLogger(__name__)


class Heartbeat:
    """Holds (lane, fence); a lane that another worker took is dropped from `lanes`."""

    def __init__(self) -> None:
        self.lanes: dict[int, int] = {}
        self._renewed = time.monotonic()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
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

    def hold(self, lanes: dict[int, int]) -> None:
        """Leases just taken."""
        with self._lock:
            self.lanes = dict(lanes)
            self._renewed = time.monotonic()

    def drop(self, lanes: set[int]) -> None:
        """Leases given back."""
        with self._lock:
            for lane in lanes:
                self.lanes.pop(lane, None)

    def mine(self, lane: int) -> bool:
        """True while the lease surely lasts: a worker that was stopped finds it has not."""
        with self._lock:
            fresh = time.monotonic() - self._renewed < LEASE_SECONDS - MARGIN_SECONDS
            return fresh and lane in self.lanes

    def _beat(self) -> None:
        try:
            while not self._stop.wait(EVERY_SECONDS):
                self._renew()
        finally:
            connection.close()

    def _renew(self) -> None:
        with self._lock:
            held = dict(self.lanes)
        if not held:
            return
        began = time.monotonic()
        try:
            kept = renew(list(held.items()))
        except DatabaseError:
            log.warning("could not renew %s leases; they are given up in time", len(held))
            return
        with self._lock:
            self._renewed = max(self._renewed, began)
            for lane in held.keys() - kept:
                self.lanes.pop(lane, None)
