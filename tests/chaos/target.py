"""A source and a target in one process that outlives the workers it serves.

    python target.py PORT MODE

MODE says how the target takes repeats: `idempotency_key`, `upsert`, `lookup`, `none`, or `liar`,
which promises keys and ignores them. `POST /_arm` makes it kill a worker (the harness's own child,
named by its process id) at the n-th write, before or after that write is in its books, or stop it
just before.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LOCK = threading.Lock()
MODE = ""
TIME: dict[str, dict[str, Any]] = {}
ITEMS: list[dict[str, Any]] = []
BY_KEY: dict[str, dict[str, Any]] = {}
ARMED = {"pid": 0, "moment": "", "turn": 0}
WRITES = [0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        with LOCK:
            if url.path == "/time":
                self._answer(200, list(TIME.values()))
            elif url.path == "/items":
                wanted = parse_qs(url.query).get("external_id")
                self._answer(200, [i for i in ITEMS if not wanted or i["external_id"] in wanted])
            else:
                self._answer(
                    200, {"items": ITEMS, "time": list(TIME.values()), "writes": WRITES[0]}
                )

    def do_POST(self) -> None:
        self._take(self._body())

    def do_PUT(self) -> None:
        self._take(self._body())

    def _take(self, body: Any) -> None:
        with LOCK:
            if self.path == "/_source":
                TIME.update({row["id"]: row for row in body})
                self._answer(200, {})
            elif self.path == "/_reset":
                for held in (TIME, ITEMS, BY_KEY):
                    held.clear()
                WRITES[0] = 0
                self._answer(200, {})
            elif self.path == "/_arm":
                ARMED.update(body)
                self._answer(200, {})
            else:
                self._write(body)

    def _write(self, body: dict[str, Any]) -> None:
        WRITES[0] += 1
        deadly = WRITES[0] == ARMED["turn"]
        if deadly and ARMED["moment"] == "bytes_sent":
            os.kill(ARMED["pid"], signal.SIGKILL)
            return
        if deadly and ARMED["moment"] == "stopped":
            os.kill(ARMED["pid"], signal.SIGSTOP)
        item = self._commit(body)
        if deadly and ARMED["moment"] == "target_committed":
            os.kill(ARMED["pid"], signal.SIGKILL)
            return
        self._answer(201, item)

    def _commit(self, body: dict[str, Any]) -> dict[str, Any]:
        key = self.headers.get("Idempotency-Key", "")
        if MODE == "idempotency_key" and key in BY_KEY:
            return BY_KEY[key]
        if MODE == "upsert":
            found = next((i for i in ITEMS if i["external_id"] == body["external_id"]), None)
            if found is not None:
                found.update(body)
                return found
        item = {**body, "id": f"item-{len(ITEMS) + 1}"}
        ITEMS.append(item)
        BY_KEY[key] = item
        return item

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")

    def _answer(self, status: int, body: Any) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


if __name__ == "__main__":
    MODE = sys.argv[2]
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()
