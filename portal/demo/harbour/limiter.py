"""How often the CRM lets itself be called."""

from __future__ import annotations

import threading
import time
from collections import deque

CALLS, SECONDS = 6, 3.0


WAIT = 2


class Limiter:
    """So many calls within so many seconds, by the machine's own clock."""

    def __init__(self, calls: int, seconds: float) -> None:
        self._calls, self._seconds = calls, seconds
        self._seen: deque[float] = deque()
        self._lock = threading.Lock()
        self.refused = 0

    def allows(self) -> bool:
        with self._lock:
            now = time.monotonic()
            while self._seen and now - self._seen[0] > self._seconds:
                self._seen.popleft()
            if len(self._seen) >= self._calls:
                self.refused += 1
                return False
            self._seen.append(now)
            return True
