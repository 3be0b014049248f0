"""As much HTTP server as the sample firm's systems need, from the standard library alone."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

PARENT_SECONDS = 0.5
LONGEST_BODY = 1_000_000


@dataclass(frozen=True)
class Request:
    """What came in; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode(), keep_blank_values=True)


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """Ends a request with this answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def reply(value: Any, *, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(status, json.dumps(value, ensure_ascii=False).encode())


def text(words: str, *, status: int) -> Response:
    return Response(status, words.encode(), media_type="text/plain; charset=utf-8")


App = Callable[[Request], Response]
Route = tuple[str, str, Callable[..., Response]]


def router(routes: Iterable[Route], *, otherwise: App) -> App:
    """`("GET", "/v1/items/{id}", function)`: what stands in braces is passed by name."""
    table = [(method, _pattern(path), function) for method, path, function in routes]

    def app(request: Request) -> Response:
        for method, pattern, function in table:
            found = pattern.fullmatch(request.path)
            if found and method == request.method:
                return function(request, **found.groupdict())
        return otherwise(request)

    return app


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    """Head and body leave together: a small answer must not wait for the other side's receipt."""
    app: App

    def _answer(self) -> None:
        size = min(int(self.headers.get("Content-Length") or 0), LONGEST_BODY)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.rfile.read(size))
        try:
            response = type(self).app(request)
        except Refusal as refusal:
            response = refusal.response
        self.send_response(response.status)
        self.send_header("Content-Type", response.media_type)
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the demo's own lines are what people read."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, app: App, *, port: int) -> None:
        handler = type("Handler", (_Handler,), {"app": staticmethod(app)})
        super().__init__(("127.0.0.1", port), handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


Work = Callable[[threading.Event], None]


def run(server: Server, *, work: Work | None = None) -> None:
    """Serve until a signal comes or the process that started this one is gone."""
    run_all([server], works=[work] if work else [])


def run_all(servers: Sequence[Server], *, works: Sequence[Work]) -> None:
    """As `run`, several at once; each work is told when to stop."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    for work in works:
        threading.Thread(target=work, args=(stop,), daemon=True).start()
    parent = os.getppid()
    while not stop.wait(PARENT_SECONDS):
        if os.getppid() != parent:
            stop.set()
    for server in servers:
        server.shutdown()


def refuse(response: Response) -> NoReturn:
    """Leave whatever function with this answer."""
    raise Refusal(response)
