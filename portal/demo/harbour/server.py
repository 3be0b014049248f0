"""A CRM as an HTTP API: OAuth2 client credentials, relative next links, camel case, and a limit.

Who calls more often than it likes is told 429 and when to come back.
"""

from __future__ import annotations

import base64
import json

from portal.demo.clock import Clock, stamp
from portal.demo.firm.world import World
from portal.demo.harbour.asking import place_of, since_of, wrong
from portal.demo.harbour.limiter import CALLS, SECONDS, WAIT, Limiter
from portal.demo.harbour.records import KINDS, told
from portal.demo.screens import Screen
from portal.demo.serving import App, Request, Response, Route, refuse, reply, router
from portal.demo.store import Record, Store, Wanted, listed
from portal.demo.switch import Switch
from portal.demo.tokens import Tokens

REFS: dict[str, str] = {}


LARGEST_PAGE = 200


CORRECTED = {
    "accounts": (
        "name",
        "invoiceEmail",
        "billingAddress",
        "country",
        "status",
        "paymentTerms",
        "creditLimit",
    ),
    "contracts": ("version", "effectiveFrom", "rates", "status"),
    "opportunities": ("stage", "amount", "probability"),
}


class Harbour:
    """The system; `tokens` decides who may call, `limiter` how often."""

    def __init__(
        self,
        store: Store,
        *,
        tokens: Tokens,
        clock: Clock,
        switch: Switch,
        limiter: Limiter | None = None,
    ) -> None:
        self.store, self._tokens, self._clock, self._switch = store, tokens, clock, switch
        self.limiter = limiter or Limiter(CALLS, SECONDS)

    def app(self) -> App:
        screen = Screen("Harbour CRM", self.store, CORRECTED, self.save)
        routes: list[Route] = [
            *screen.routes(),
            *self._switch.routes(self._counts),
            ("POST", "/oauth2/token", self._token),
            ("GET", "/crm/v3/{kind}", self._list),
            ("GET", "/crm/v3/{kind}/{id}", self._one),
            ("PATCH", "/crm/v3/{kind}/{id}", self._change),
        ]
        return router(routes, otherwise=lambda _: wrong("NOT_FOUND", "no such address", 404))

    def fill(self, world: World) -> None:
        """The firm's history, once."""
        with self.store as store:
            if not store.count("accounts"):
                for kind, rows in told(world):
                    store.fill(kind, rows)

    def save(self, kind: str, record: Record) -> Record:
        for name in [name for name, value in record.items() if value is None]:
            if name in {"paymentTerms", "creditLimit"}:
                del record[name]
        record["modifiedAt"] = stamp(self._clock.now())
        return self.store.put(kind, record, changed_at=record["modifiedAt"])

    def _counts(self) -> dict[str, int]:
        held = {kind: self.store.count(kind) for kind in KINDS}
        return held | {"throttled": self.limiter.refused}

    def _token(self, request: Request) -> Response:
        if dict(request.form).get("grant_type") != "client_credentials":
            return reply({"error": "unsupported_grant_type"}, status=400)
        given = request.headers.get("authorization", "")
        issued = self._tokens.issue(given, now=self._clock.now())
        return reply(issued) if issued else reply({"error": "invalid_client"}, status=401)

    def _list(self, request: Request, *, kind: str) -> Response:
        self._authorise(request, kind)
        query = request.query
        if unknown := sorted(set(query) - {"limit", "modifiedSince", "cursor"}):
            return wrong("INVALID_PARAMETER", f"unknown parameter {unknown[0]}", 400)
        size = query.get("limit", "50")
        if not size.isdigit() or size == "0":
            return wrong("INVALID_PARAMETER", "limit is a whole number above 0", 400)
        limit = min(int(size), LARGEST_PAGE)
        wanted = Wanted(
            {}, since=since_of(query), after=place_of(query.get("cursor", "")), limit=limit + 1
        )
        rows = self.store.changed(kind, wanted)
        more, shown = len(rows) > limit, rows[:limit]
        going = ""
        if more:
            mark = json.dumps([shown[-1].changed_at, shown[-1].id]).encode()
            cursor = base64.urlsafe_b64encode(mark).decode().rstrip("=")
            going = f',"nextRecordsUrl":"/crm/v3/{kind}?cursor={cursor}&limit={limit}"'
        done = "false" if more else "true"
        return Response(200, f'{{"records":{listed(shown)},"done":{done}{going}}}'.encode())

    def _one(self, request: Request, *, kind: str, id: str) -> Response:
        self._authorise(request, kind)
        row = self.store.get(kind, id)
        return reply(row) if row else wrong("NOT_FOUND", f"no {kind} {id}", 404)

    def _change(self, request: Request, *, kind: str, id: str) -> Response:
        self._authorise(request, kind)
        held = self.store.get(kind, id)
        if held is None:
            return wrong("NOT_FOUND", f"no {kind} {id}", 404)
        try:
            given = json.loads(request.body)
        except ValueError:
            given = None
        if not isinstance(given, dict):
            return wrong("INVALID_BODY", "the body is no JSON object", 400)
        return reply(self.save(kind, held | given))

    def _authorise(self, request: Request, kind: str) -> None:
        if not self.limiter.allows():
            refused = wrong("REQUEST_LIMIT_EXCEEDED", f"{CALLS} calls in {SECONDS:.0f} s", 429)
            refused.headers["Retry-After"] = str(WAIT)
            refuse(refused)
        given = request.headers.get("authorization", "")
        if not self._tokens.holds(given, now=self._clock.now()):
            refuse(wrong("INVALID_SESSION_ID", "ask /oauth2/token for a token", 401))
        if kind not in KINDS:
            refuse(wrong("NOT_FOUND", f"no object {kind}", 404))
