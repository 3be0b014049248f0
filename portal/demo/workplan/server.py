"""A PSA as an HTTP API: bearer key, cursor paging by (updated_at, id), decimals as strings."""

from __future__ import annotations

import hmac
import json
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from portal.demo.clock import Clock, stamp
from portal.demo.firm.world import World
from portal.demo.screens import Screen
from portal.demo.serving import App, Request, Response, Route, refuse, reply, router, text
from portal.demo.store import Record, Store, Wanted, listed
from portal.demo.switch import Switch
from portal.demo.workplan.asking import cursor_of, merged, page_size, place_of, since_of
from portal.demo.workplan.records import KINDS, told

PAGING = {"limit", "cursor", "updated_since"}


EQUAL = {"status", "client_id"}


REFS: dict[str, str] = {}


CORRECTED = {
    "time_entries": (
        "hours",
        "service",
        "status",
        "contract.version",
        "billing.schedule",
        "billing.billable_on",
    ),
    "expenses": ("amount", "category", "status", "receipt"),
    "milestones": ("amount", "status", "accepted_at"),
    "projects": ("name", "workstream", "contract.version", "erp.state", "erp.code"),
}


class Workplan:
    """The system; `key` is what a caller's bearer token must be."""

    def __init__(self, store: Store, *, key: str, clock: Clock, switch: Switch) -> None:
        self.store, self._key, self._clock, self._switch = store, key, clock, switch

    def app(self) -> App:
        screen = Screen("Workplan PSA", self.store, CORRECTED, self.save)
        routes: list[Route] = [
            *screen.routes(),
            *self._switch.routes(lambda: {kind: self.store.count(kind) for kind in KINDS}),
            ("GET", "/api/v2/{kind}", self._list),
            ("GET", "/api/v2/{kind}/{id}", self._one),
            ("PATCH", "/api/v2/{kind}/{id}", self._change),
        ]
        return router(routes, otherwise=lambda _: reply({"error": "no such thing"}, status=404))

    def fill(self, world: World) -> None:
        """The firm's history, once."""
        with self.store as store:
            if not store.count("projects"):
                for kind, rows in told(world):
                    store.fill(kind, rows)

    def save(self, kind: str, record: Record) -> Record:
        """A changed record, with its amount where hours or rate give one."""
        if kind == "time_entries" and record.get("billable"):
            try:
                amount = Decimal(record["hours"]) * Decimal(record["bill_rate"])
                record["amount"] = str(amount.quantize(Decimal("0.01"), ROUND_HALF_UP))
            except InvalidOperation:
                pass
        record["updated_at"] = stamp(self._clock.now())
        return self.store.put(kind, record, changed_at=record["updated_at"])

    def _list(self, request: Request, *, kind: str) -> Response:
        self._authorise(request, kind)
        query = request.query
        if unknown := sorted(set(query) - PAGING - EQUAL):
            return reply({"error": f"unknown parameter: {unknown[0]}"}, status=400)
        limit = page_size(query.get("limit", "50"))
        wanted = Wanted(
            equal={name: query[name] for name in sorted(EQUAL & set(query))},
            since=since_of(query.get("updated_since", "")),
            after=place_of(query.get("cursor", "")),
            limit=limit + 1,
        )
        rows = self.store.changed(kind, wanted)
        more, shown = len(rows) > limit, rows[:limit]
        mark = json.dumps(cursor_of(shown[-1]) if more else None)
        body = f'{{"data":{listed(shown)},"meta":{{"next_cursor":{mark}}}}}'
        return Response(200, body.encode())

    def _one(self, request: Request, *, kind: str, id: str) -> Response:
        self._authorise(request, kind)
        row = self.store.get(kind, id)
        return reply(row) if row else reply({"error": f"no {kind} {id}"}, status=404)

    def _change(self, request: Request, *, kind: str, id: str) -> Response:
        self._authorise(request, kind)
        row = self.store.get(kind, id)
        if row is None:
            return reply({"error": f"no {kind} {id}"}, status=404)
        try:
            given = json.loads(request.body)
        except ValueError:
            given = None
        if not isinstance(given, dict) or (unknown := sorted(set(given) - set(row))):
            wrong = unknown[0] if isinstance(given, dict) else "the body is no JSON object"
            return reply({"error": f"cannot change: {wrong}"}, status=400)
        return reply(self.save(kind, merged(row, given)))

    def _authorise(self, request: Request, kind: str) -> None:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given, f"Bearer {self._key}"):
            refuse(text("Not authorised. Send your key as a bearer token.", status=401))
        if kind not in KINDS:
            refuse(reply({"error": f"no such collection: {kind}"}, status=404))
