"""Whether the firm goes on working, and the address at which a system is told to."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from portal.demo.serving import Request, Response, Route, refuse, reply

Counts = Callable[[], dict[str, int]]


@dataclass
class Switch:
    """`token` is what the one who turns it has to show."""

    token: str
    works: threading.Event = field(default_factory=threading.Event)

    def routes(self, counts: Counts) -> list[Route]:
        def told(request: Request) -> Response:
            self._authorise(request)
            return reply({"work": "on" if self.works.is_set() else "off", "records": counts()})

        def turned(request: Request) -> Response:
            self._authorise(request)
            if _asked(request) == "on":
                self.works.set()
            else:
                self.works.clear()
            return told(request)

        return [("GET", "/control", told), ("POST", "/control/work", turned)]

    def _authorise(self, request: Request) -> None:
        given = request.headers.get("x-control", "")
        if not self.token or not hmac.compare_digest(given, self.token):
            refuse(reply({"error": "X-Control is missing or wrong"}, status=401))


def _asked(request: Request) -> str:
    try:
        wanted = json.loads(request.body)["work"]
    except (ValueError, KeyError, TypeError):
        wanted = None
    if wanted not in {"on", "off"}:
        refuse(reply({"error": 'send {"work": "on"} or {"work": "off"}'}, status=400))
    return str(wanted)
