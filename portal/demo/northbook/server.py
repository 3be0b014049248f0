"""An ERP as an HTTP API: sessions, filters in words, a second for each write, and late commits.

Writes go one after the other. Some rows of the last minutes are committed late: they show only
after somebody has read all there was, stamped before what that reader saw.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from datetime import datetime, timedelta

from portal.demo.clock import Clock
from portal.demo.firm.world import World
from portal.demo.northbook.filters import BadFilter, wanted
from portal.demo.northbook.kinds import COMMITS_LATE, CORRECTED, KINDS, PATCHED
from portal.demo.northbook.records import told
from portal.demo.northbook.rules import NEEDED, No
from portal.demo.northbook.writing import Writer
from portal.demo.screens import Screen
from portal.demo.serving import App, Request, Response, Route, refuse, reply, router
from portal.demo.store import Record, Store, listed
from portal.demo.switch import Switch
from portal.demo.tokens import Tokens

LATE_SECONDS = 5.0


LARGEST_PAGE = 1000


USER = "meridian"


class Northbook:
    """The system; `key` opens a session, `pause` is how long a write takes in seconds."""

    def __init__(
        self, store: Store, *, key: str, clock: Clock, switch: Switch, pause: float = 1.0
    ) -> None:
        self.store, self._key, self._clock, self._switch = store, key, clock, switch
        self._tokens = Tokens(client_id=USER, secret=key)
        self.writer = Writer(store)
        self._pause, self._writing = pause, threading.Lock()
        self._read_at: dict[str, datetime] = {}

    def app(self) -> App:
        screen = Screen("Northbook ERP", self.store, CORRECTED, self.save)
        routes: list[Route] = [
            *screen.routes(),
            *self._switch.routes(lambda: {kind: self.store.count(kind) for kind in KINDS}),
            ("POST", "/session", self._session),
            ("GET", "/api/{kind}", self._list),
            ("GET", "/api/{kind}/{id}", self._one),
            ("POST", "/api/{kind}", self._create),
            ("PATCH", "/api/{kind}/{id}", self._change),
        ]
        return router(routes, otherwise=lambda _: _no(No("NOT_FOUND", "No such address", 404)))

    def fill(self, world: World) -> None:
        """The firm's history, once."""
        with self.store as store:
            if not store.count("companies"):
                for kind, rows in told(world):
                    store.fill(kind, rows)

    def save(self, kind: str, record: Record) -> Record:
        return self.writer.save(kind, record, now=self._clock.now())

    def _session(self, request: Request) -> Response:
        given = _json(request)
        key = str(given.get("key", ""))
        if given.get("user") != USER or not hmac.compare_digest(key, self._key):
            return _no(No("LOGIN_FAILED", "User or key is wrong", 401))
        token = self._tokens.give(now=self._clock.now())["access_token"]
        return reply({"session": {"token": token, "user": USER}})

    def _list(self, request: Request, *, kind: str) -> Response:
        self._authorise(request, kind)
        query = request.query
        if unknown := sorted(set(query) - {"$filter", "$orderby", "$top"}):
            return _no(No("PARAMETER_UNKNOWN", f"{unknown[0]} is not understood"))
        size = query.get("$top", "100")
        if not size.isdigit() or size == "0":
            return _no(No("PARAMETER_INVALID", "$top is a whole number above 0"))
        limit = min(int(size), LARGEST_PAGE)
        self._commit_late(kind)
        try:
            rows = self.store.changed(kind, wanted(query.get("$filter", ""), limit=limit))
        except BadFilter as error:
            return _no(No("FILTER_INVALID", f"$filter cannot be read: {error}"))
        if len(rows) < limit:
            self._read_at.setdefault(kind, self._clock.now())
        return Response(200, f'{{"value":{listed(rows)}}}'.encode())

    def _commit_late(self, kind: str) -> None:
        """Some seconds after all was read once, the rows of a long transaction are there."""
        read = self._read_at.get(kind)
        late = timedelta(seconds=LATE_SECONDS)
        if kind in COMMITS_LATE and read and self._clock.now() - read > late:
            self.store.reveal(kind)

    def _one(self, request: Request, *, kind: str, id: str) -> Response:
        self._authorise(request, kind)
        row = self.store.get(kind, id)
        return reply(row) if row else _no(No("NOT_FOUND", f"No {kind} {id}", 404))

    def _create(self, request: Request, *, kind: str) -> Response:
        self._authorise(request, kind)
        if kind not in NEEDED:
            return _no(No("NOT_ALLOWED", f"{kind} cannot be created here", 405))
        given = _json(request)
        with self._writing:
            time.sleep(self._pause)
            try:
                made = self.writer.create(kind, given, now=self._clock.now())
            except No as no:
                return _no(no)
        return reply(made, status=201)

    def _change(self, request: Request, *, kind: str, id: str) -> Response:
        self._authorise(request, kind)
        held = self.store.get(kind, id)
        if held is None:
            return _no(No("NOT_FOUND", f"No {kind} {id}", 404))
        given = _json(request)
        if kind not in PATCHED or (unknown := sorted(set(given) - set(held))):
            what = kind if kind not in PATCHED else unknown[0]
            return _no(No("NOT_ALLOWED", f"{what} cannot be changed here"))
        with self._writing:
            time.sleep(self._pause)
            return reply(self.save(kind, held | given))

    def _authorise(self, request: Request, kind: str) -> None:
        token = request.headers.get("x-session", "")
        if not self._tokens.holds(f"Bearer {token}", now=self._clock.now()):
            refuse(_no(No("SESSION_ENDED", "Log in at /session", 401)))
        if kind not in KINDS:
            refuse(_no(No("NOT_FOUND", f"No collection {kind}", 404)))


def _no(no: No) -> Response:
    return reply({"error": {"code": no.code, "message": no.message}}, status=no.status)


def _json(request: Request) -> Record:
    try:
        given = json.loads(request.body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        refuse(_no(No("BODY_INVALID", "The body is no JSON object")))
    return given
