"""Signed news of invoices and credit memos, sent once; who misses it finds it in the events."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import queue
import threading
import urllib.request
from typing import Any

from portal.demo.clock import Clock

SENT = {"invoice.issued", "credit_memo.issued"}
TIMEOUT = 5.0


class Webhooks:
    """`url` empty: nobody listens."""

    def __init__(self, url: str, secret: str, clock: Clock) -> None:
        self._url, self._secret, self._clock = url, secret, clock
        self._waiting: queue.Queue[bytes] = queue.Queue(maxsize=1000)

    def tell(self, event: dict[str, Any]) -> None:
        """In its turn, if the kind is told at all."""
        if self._url and event["type"] in SENT:
            with contextlib.suppress(queue.Full):
                self._waiting.put_nowait(json.dumps(event, ensure_ascii=False).encode())

    def work(self, stop: threading.Event) -> None:
        """Send what waits until told to stop."""
        while not stop.is_set():
            with contextlib.suppress(queue.Empty):
                self._send(self._waiting.get(timeout=0.5))

    def signature(self, body: bytes, at: int) -> str:
        signed = f"{at}.".encode() + body
        return hmac.new(self._secret.encode(), signed, hashlib.sha256).hexdigest()

    def _send(self, body: bytes) -> None:
        at = int(self._clock.now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "Ledgerline-Signature": f"t={at},v1={self.signature(body, at)}",
        }
        request = urllib.request.Request(self._url, data=body, headers=headers, method="POST")  # noqa: S310  given at the start
        with contextlib.suppress(OSError):
            urllib.request.urlopen(request, timeout=TIMEOUT).close()  # noqa: S310
