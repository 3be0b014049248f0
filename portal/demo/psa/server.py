"""A PSA as an HTTP API: bearer key, cursor paging by (updated_at, id), decimals as strings."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from portal.demo.psa import page
from portal.demo.psa.firm import CLIENTS, PEOPLE, PROJECTS
from portal.demo.psa.work import BACKLOG, SUBMITTED_EVERY, entry
from portal.demo.records import Place, Records
from portal.demo.serving import App, Request, Response, Route, refuse, reply, router, text

KINDS = ("clients", "projects", "people", "time_entries")
KNOWN = {"limit", "cursor", "updated_since", "status", "client_id"}
LARGEST_PAGE = 100


class Psa:
    """The system; `key` is what a caller's bearer token must be."""

    def __init__(self, records: Records, *, key: str) -> None:
        self._records = records
        self._key = key

    def app(self) -> App:
        routes: list[Route] = [
            ("GET", "/", self._page),
            ("POST", "/entries/{id}", self._correct),
            ("GET", "/api/v2/{kind}", self._list),
            ("GET", "/api/v2/{kind}/{id}", self._one),
        ]
        return router(routes, otherwise=lambda _: reply({"error": "no such thing"}, status=404))

    def fill(self, *, now: datetime) -> None:
        """What the firm has before the demo's first minute; once."""
        if self._records.count("clients"):
            return
        with self._records as records:
            for kind, rows in (("clients", CLIENTS), ("projects", PROJECTS), ("people", PEOPLE)):
                for row in rows:
                    records.put(kind, asdict(row), now=now)
            for _ in range(BACKLOG):
                self.approve_next(now=now)

    def approve_next(self, *, now: datetime) -> str:
        """One more time entry arrives, and a submitted one before it is approved. Its id."""
        number = self._records.next("time_entries")
        made = self._records.put("time_entries", entry(number, today=now.date()), now=now)
        if number > 1 and (number - 1) % SUBMITTED_EVERY == 0:
            before = self._records.get("time_entries", f"TE-{100_000 + number - 1}")
            if before and before["status"] == "submitted":
                self._records.put("time_entries", before | {"status": "approved"}, now=now)
        return str(made["id"])

    def work(self, stop: threading.Event, *, every: float) -> None:
        """Time goes on being approved."""
        while not stop.wait(every):
            self.approve_next(now=datetime.now(UTC))

    def _list(self, request: Request, *, kind: str) -> Response:
        self._authorise(request)
        if kind not in KINDS:
            return reply({"error": f"no such collection: {kind}"}, status=404)
        query = request.query
        if unknown := sorted(set(query) - KNOWN):
            return reply({"error": f"unknown parameter: {unknown[0]}"}, status=400)
        limit = _limit(query.get("limit", "50"))
        rows = self._records.changed(
            kind,
            after=_place(query.get("cursor", "")),
            since=_since(query.get("updated_since", "")),
            limit=limit + 1,
        )
        more, shown = len(rows) > limit, rows[:limit]
        wanted = {name: query[name] for name in ("status", "client_id") if name in query}
        meta = {"next_cursor": _cursor(shown[-1]) if more else None}
        found = [row for row in shown if all(row.get(k) == v for k, v in wanted.items())]
        return reply({"data": found, "meta": meta})

    def _one(self, request: Request, *, kind: str, id: str) -> Response:
        self._authorise(request)
        row = self._records.get(kind, id)
        return reply(row) if row else reply({"error": f"no {kind} {id}"}, status=404)

    def _page(self, request: Request) -> Response:
        return page.render(self._records.newest("time_entries", limit=30))

    def _correct(self, request: Request, *, id: str) -> Response:
        row = self._records.get("time_entries", id)
        if row is None:
            return text("no such entry", status=404)
        changes = {k: v for k, v in request.form if k in page.FIELDS}
        self._records.put("time_entries", row | changes, now=datetime.now(UTC))
        return Response(303, b"", headers={"Location": "/"})

    def _authorise(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given, f"Bearer {self._key}"):
            refuse(text("Not authorised. Send your key as a bearer token.", status=401))


def _limit(given: str) -> int:
    if not given.isdigit() or given == "0":
        refuse(reply({"error": "limit is a whole number above 0"}, status=400))
    return min(int(given), LARGEST_PAGE)


def _since(given: str) -> str:
    if not given:
        return ""
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        refuse(reply({"error": "updated_since is an ISO 8601 time"}, status=400))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _cursor(row: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([row["updated_at"], row["id"]]).encode()).decode()


def _place(given: str) -> Place | None:
    if not given:
        return None
    try:
        changed_at, id = json.loads(base64.urlsafe_b64decode(given))
    except (ValueError, TypeError, binascii.Error):
        refuse(reply({"error": "cursor is none of ours"}, status=400))
    return Place(str(changed_at), str(id))
