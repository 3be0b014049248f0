"""A billing system as an HTTP API in another dialect than the PSA's.

OAuth2 client credentials, form bodies with brackets, minor units, pages by `starting_after` newest
first, an events list, strict refusals; and it takes no notice of idempotency keys, so that a caller
has to look before it sends anything twice.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from portal.demo.billing.forms import BadForm, nested
from portal.demo.billing.rules import CUSTOMER, ITEM, Fault, fault, faults, item_faults
from portal.demo.billing.tokens import Tokens
from portal.demo.records import Record, Records
from portal.demo.serving import App, Request, Response, Route, refuse, reply, router

PREFIX = {"customers": "cus", "items": "ili", "events": "evt"}
SINGULAR = {"customers": "customer", "items": "item"}
FILTERS = {
    "customers": ("external_reference", "email"),
    "items": ("customer", "external_reference"),
    "events": ("type",),
}
LARGEST_PAGE = 100


class Billing:
    """The system; `tokens` decides who may call."""

    def __init__(self, records: Records, *, tokens: Tokens) -> None:
        self._records = records
        self._tokens = tokens

    def app(self) -> App:
        routes: list[Route] = [
            ("POST", "/oauth/token", self._token),
            ("GET", "/v1/{kind}", self._list),
            ("GET", "/v1/{kind}/{id}", self._one),
            ("POST", "/v1/customers", self._create_customer),
            ("POST", "/v1/customers/{id}", self._update_customer),
            ("POST", "/v1/items", self._create_item),
        ]
        return router(routes, otherwise=lambda _: _problem(404, "not_found", "no such address"))

    def _token(self, request: Request) -> Response:
        if dict(request.form).get("grant_type") != "client_credentials":
            return reply({"error": "unsupported_grant_type"}, status=400)
        now = datetime.now(UTC)
        issued = self._tokens.issue(request.headers.get("authorization", ""), now=now)
        return reply(issued) if issued else reply({"error": "invalid_client"}, status=401)

    def _list(self, request: Request, *, kind: str) -> Response:
        self._authorise(request)
        if kind not in PREFIX:
            return _problem(404, "not_found", f"no such collection: {kind}")
        query = request.query
        limit = min(int(query.get("limit", "10") or 0), LARGEST_PAGE)
        wanted = {name: query[name] for name in FILTERS[kind] if name in query}
        since = int(query.get("created[gte]", "0"))
        found = self._matching(kind, wanted, since, query.get("starting_after", ""), limit + 1)
        more = len(found) > limit
        return reply({"object": "list", "data": found[:limit], "has_more": more})

    def _matching(
        self, kind: str, wanted: dict[str, str], since: int, before: str, limit: int
    ) -> list[Record]:
        found: list[Record] = []
        while len(found) < limit:
            rows = self._records.newest(kind, before=before, limit=LARGEST_PAGE)
            if not rows or rows[0]["created"] < since:
                break
            found += [
                row
                for row in rows
                if row["created"] >= since and all(row.get(k) == v for k, v in wanted.items())
            ]
            before = rows[-1]["id"]
        return found[:limit]

    def _one(self, request: Request, *, kind: str, id: str) -> Response:
        self._authorise(request)
        row = self._records.get(kind, id) if kind in PREFIX else None
        return reply(row) if row else _problem(404, "not_found", f"no such record: {id}")

    def _create_customer(self, request: Request) -> Response:
        self._authorise(request)
        given = _fields(request)
        _refuse_if(faults(given, CUSTOMER))
        return reply(self._make("customers", given), status=201)

    def _update_customer(self, request: Request, *, id: str) -> Response:
        self._authorise(request)
        given = _fields(request)
        _refuse_if(faults(given, CUSTOMER, partial=True))
        with self._records as records:
            held = records.get("customers", id)
            if held is None:
                return _problem(404, "not_found", f"no such customer: {id}")
            changed = records.put("customers", held | given, now=datetime.now(UTC))
            self._tell("customer.updated", changed)
        return reply(changed)

    def _create_item(self, request: Request) -> Response:
        self._authorise(request)
        given = _fields(request)
        _refuse_if(faults(given, ITEM))
        _refuse_if(item_faults(given, self._records.get("customers", given["customer"])))
        reference = given.get("metadata", {}).get("reference", "")
        body = given | {"amount": int(given["amount"]), "external_reference": reference}
        return reply(self._make("items", body), status=201)

    def _make(self, kind: str, given: dict[str, Any]) -> Record:
        now = datetime.now(UTC)
        with self._records as records:
            made = records.put(kind, self._new(kind, now) | given, now=now)
            self._tell(f"{SINGULAR[kind]}.created", made)
        return made

    def _new(self, kind: str, now: datetime) -> Record:
        number = self._records.next(kind)
        return {"id": f"{PREFIX[kind]}_{number:08}", "created": int(now.timestamp())}

    def _tell(self, type: str, record: Record) -> None:
        now = datetime.now(UTC)
        event = self._new("events", now) | {"type": type, "data": {"object": record}}
        self._records.put("events", event, now=now)

    def _authorise(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if not self._tokens.holds(given, now=datetime.now(UTC)):
            refuse(_problem(401, "token_expired", "ask /oauth/token for a token"))


def _fields(request: Request) -> dict[str, Any]:
    try:
        return nested(request.form)
    except (BadForm, UnicodeDecodeError) as error:
        field = getattr(error, "field", "body")
        refuse(_refusal([fault("malformed", field, "cannot be read")]))


def _refuse_if(found: list[Fault]) -> None:
    if found:
        refuse(_refusal(found))


def _refusal(found: list[Fault]) -> Response:
    return reply({"errors": found, "object": "refusal"}, status=422)


def _problem(status: int, code: str, message: str) -> Response:
    return reply(
        {"errors": [{"code": code, "message": message}], "object": "refusal"}, status=status
    )
