"""A small real HTTP server with the manners and bad manners of real systems."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

START = datetime(2026, 1, 1, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"


@dataclass
class Manners:
    """How the system behaves."""

    honours_keys: bool = False
    upserts_by: str = ""
    paging: str = "offset"
    cap: int = 10_000
    ignores_filters: bool = False
    ignores_paging: bool = False
    typed: bool = False
    null_updates: bool = False
    ties: int = 1
    token: str = ""
    csrf: bool = False
    real_time: bool = False


@dataclass
class Peer:
    """State of the system; the handler below speaks for it."""

    manners: Manners
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    faults: deque[str] = field(default_factory=deque)
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    changes: int = 0
    tokens: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def put(self, data: dict[str, Any]) -> dict[str, Any]:
        """Insert or change; `ties` changes in a row share one moment."""
        with self.lock:
            key = str(data.get("id") or f"inv-{self.changes + 1:06}")
            old = self.rows.get(key)
            self.changes += self.manners.ties if old else 1
            moment = START + timedelta(milliseconds=self.changes // self.manners.ties)
            moment = datetime.now(UTC) if self.manners.real_time else moment
            row = {**(old or {}), **data, "id": int(key) if key.isdigit() else key}
            row["updated_at"] = self._spelled(moment)
            row["created_at"] = old["created_at"] if old else row["updated_at"]
            if self.manners.null_updates and old is None:
                row["updated_at"] = None
            self.rows[key] = row
            self.events.append(
                {
                    "id": f"evt-{self.changes}",
                    "type": "invoice.changed",
                    "ref": row["id"],
                    "created": self._spelled(moment),
                }
            )
            return row

    def delete(self, key: str) -> None:
        with self.lock:
            row = self.rows.pop(key)
            self.changes += 1
            moment = START + timedelta(milliseconds=self.changes)
            self.events.append(
                {
                    "id": f"evt-{self.changes}",
                    "type": "invoice.deleted",
                    "ref": row["id"],
                    "created": self._spelled(moment),
                }
            )

    def _spelled(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def typed(value: Any) -> Any:
    """As the ERP writes decimals and moments."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, str) and value.endswith("Z") and value[4:5] == "-":
        moment = datetime.fromisoformat(value)
        names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        return {"__class__": "datetime", **{name: getattr(moment, name) for name in names}}
    if isinstance(value, float):
        return {"__class__": "Decimal", "decimal": f"{value:.2f}"}
    return value


def plain(value: Any) -> Any:
    """Back again."""
    if isinstance(value, dict) and value.get("__class__") == "datetime":
        parts = {k: v for k, v in value.items() if k != "__class__"}
        return datetime(**parts, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, dict) and value.get("__class__") == "Decimal":
        return float(value["decimal"])
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


SIGNS = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a is not None and a > b,
    ">=": lambda a, b: a is not None and a >= b,
}


def comparable(value: Any) -> tuple[bool, bool, Any]:
    """Nulls first, then numbers, then text."""
    return value is not None, isinstance(value, str), value or ""


def in_domain(row: dict[str, Any], domain: list[Any]) -> bool:
    if domain and domain[0] == "OR":
        return any(in_domain(row, part) for part in domain[1:])
    return all(
        in_domain(row, part)
        if part[0] == "OR"
        else SIGNS[part[1]](row.get(part[0]), plain(part[2]))
        for part in domain
    )


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._handle("GET")

    def do_POST(self) -> None:
        self._handle("POST")

    def do_PUT(self) -> None:
        self._handle("PUT")

    def _handle(self, method: str) -> None:
        peer = self.server.peer
        length = int(self.headers.get("content-length") or 0)
        content = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        with peer.lock:
            peer.requests.append((method, self.path, headers, content))
            fault = peer.faults.popleft() if peer.faults else ""
        if fault in BEFORE:
            self._send(*BEFORE[fault])
            return
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        with peer.lock:
            status, body, extra = self._route(method, unquote(parts.path), query, headers, content)
        self._finish(fault, status, body, extra)

    def _finish(self, fault: str, status: int, body: Any, extra: dict[str, str]) -> None:
        if fault == "hang":
            time.sleep(1.5)
        if fault in {"lost_answer", "hang"}:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        if fault == "truncated":
            raw = raw[: len(raw) // 2]
        self._send(status, raw, {"content-type": "application/json", **extra})

    def _send(self, status: int, raw: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _route(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], content: bytes
    ) -> tuple[int, Any, dict[str, str]]:
        refused = self._at_the_door(method, path, headers)
        if refused is not None:
            return refused
        if path == "/api/events":
            since = query.get("created_from", "")
            found = [event for event in self.server.peer.events if event["created"] >= since]
            return 200, *self._paged(found, query)
        if path == "/api/invoices" and method == "GET":
            return 200, *self._list(query)
        if path == "/api/invoices":
            return self._create(headers, query, content)
        return self._one(method, path, content)

    def _at_the_door(
        self, method: str, path: str, headers: dict[str, str]
    ) -> tuple[int, Any, dict[str, str]] | None:
        peer, manners = self.server.peer, self.server.peer.manners
        if path == "/api/token":
            peer.tokens += 1
            manners.token = f"Bearer token-{peer.tokens}"
            return 200, {"access_token": f"token-{peer.tokens}", "expires_in": 3600}, {}
        if path == "/api/login":
            manners.token = "Session " + base64.b64encode(b"ada:7:abc").decode()
            return 200, {"result": [7, "abc"]}, {}
        if path == "/api/moved":
            return 302, {}, {"location": self.server.url + "/api/invoices"}
        if manners.token and headers.get("authorization") != manners.token:
            return 401, b"<h1>401</h1> " + headers.get("authorization", "").encode(), {}
        if manners.csrf and headers.get("x-csrf-token") == "fetch":
            return 200, {}, {"x-csrf-token": "csrf-1"}
        if manners.csrf and method != "GET" and headers.get("x-csrf-token") != "csrf-1":
            return 403, {}, {"x-csrf-token": "required"}
        return None

    def _one(self, method: str, path: str, content: bytes) -> tuple[int, Any, dict[str, str]]:
        peer = self.server.peer
        _, _, rest = path.partition("/api/invoices/")
        key, _, action = rest.partition("/")
        if key not in peer.rows:
            return 404, {"message": "no such invoice"}, {}
        if action == "post":
            if peer.rows[key].get("state") == "posted":
                return 400, {"message": "posted already"}, {}
            peer.put({"id": key, "state": "posted"})
        elif method == "PUT":
            peer.put({**plain(json.loads(content)), "id": key})
        return 200, self._shown(peer.rows[key]), {}

    def _create(
        self, headers: dict[str, str], query: dict[str, str], content: bytes
    ) -> tuple[int, Any, dict[str, str]]:
        peer = self.server.peer
        key = headers.get("idempotency-key") or query.get("requestid")
        if peer.manners.honours_keys and key in peer.answers:
            return 201, peer.answers[key], {"idempotent-replayed": "true"}
        is_form = headers.get("content-type") == FORM
        body = (
            {name: values[-1] for name, values in parse_qs(content.decode()).items()}
            if is_form
            else plain(json.loads(content))
        )
        if by := peer.manners.upserts_by:
            known = next((r for r in peer.rows.values() if r.get(by) == body.get(by)), None)
            body = {**body, "id": known["id"]} if known else body
        row = self._shown(peer.put(body))
        peer.answers[str(key)] = row
        return 201, row, {}

    def _shown(self, row: dict[str, Any]) -> Any:
        return typed(row) if self.server.peer.manners.typed else row

    def _list(self, query: dict[str, str]) -> tuple[Any, dict[str, str]]:
        manners = self.server.peer.manners
        found = list(self.server.peer.rows.values())
        if since := self.headers.get("if-modified-since"):
            moment = parsedate_to_datetime(since).strftime("%Y-%m-%dT%H:%M:%S")
            found = [row for row in found if row["updated_at"] >= moment]
        if not manners.ignores_filters:
            if since := query.get("updated_since"):
                found = [row for row in found if (row["updated_at"] or "") >= since]
            if domain := query.get("d"):
                wanted = json.loads(base64.urlsafe_b64decode(domain))
                found = [row for row in found if in_domain(row, wanted)]
            if reference := query.get("reference"):
                found = [row for row in found if row.get("reference") == reference]
        order = [["id", "ASC"]]
        if "o" in query:
            order = json.loads(base64.urlsafe_b64decode(query["o"]))
        for name, _ in reversed(order):
            found.sort(key=lambda row: comparable(row[name]))
        return self._paged([self._shown(row) for row in found], query)

    def _paged(self, found: list[Any], query: dict[str, str]) -> tuple[Any, dict[str, str]]:
        manners = self.server.peer.manners
        size = min(int(query.get("limit", 10_000)), manners.cap)
        start = 0 if manners.ignores_paging else self._start(found, query, size)
        rows, end = found[start : start + size], start + size
        more = end < len(found)
        following = {**query, "token": str(end), "limit": str(size)}
        address = f"{urlsplit(self.path).path}?{urlencode(following)}"
        if manners.paging == "link_header":
            link = {"link": f'<{self.server.url}{address}>; rel="next"'} if more else {}
            return rows, link
        return {
            "data": rows,
            "has_more": more,
            "next_token": str(end) if more else None,
            "next": address if more else None,
            "total": len(found),
        }, {}

    def _start(self, found: list[Any], query: dict[str, str], size: int) -> int:
        if "token" in query:
            return int(query["token"])
        if "page" in query:
            return (int(query["page"]) - 1) * size
        if "after" in query:
            return [str(row["id"]) for row in found].index(query["after"]) + 1
        return int(query.get("offset", 0))


HTML = {"content-type": "text/html"}
BEFORE: dict[str, tuple[int, bytes, dict[str, str]]] = {
    "down": (503, b"<h1>Service unavailable</h1>", HTML),
    "throttled": (429, b"<h1>Too many</h1>", {**HTML, "retry-after": "1"}),
    "throttled_400": (400, b'{"code": "SSS_REQUEST_LIMIT_EXCEEDED"}', {}),
    "html500": (500, b"<!doctype html><title>500</title><h1>Server Error</h1>", HTML),
    "text500": (500, b"500 Server got itself in trouble", {"content-type": "text/plain"}),
    "success_false": (200, b'{"success": false, "reasons": [{"message": "no account"}]}', {}),
    "partial": (200, b'{"failed": [{"id": 1}], "accepted": []}', {}),
    "gone": (410, b"{}", {}),
    "stale": (412, b"{}", {}),
    "maintenance": (503, b"{}", {"retry-after": "120"}),
    "deep": (200, b"[" * 50_000 + b"]" * 50_000, {}),
    "deepish": (200, b'{"data": ' + b"[" * 100 + b"]" * 100 + b"}", {}),
    "no_list": (200, b'{"items": {}}', {}),
}


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, manners: Manners | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.peer = Peer(manners or Manners())
        self.host = f"127.0.0.1:{self.server_address[1]}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join(5)
