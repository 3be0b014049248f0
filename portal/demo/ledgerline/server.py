"""A billing system as an HTTP API in another dialect than the others'.

OAuth2 client credentials, form bodies with brackets, minor units, pages by `starting_after` newest
first, an events list, signed webhooks, strict refusals; and it takes no notice of idempotency keys,
so that a caller has to look before it sends anything twice.
"""

from __future__ import annotations

import time
from typing import Any

from portal.demo.clock import Clock, stamp
from portal.demo.firm.world import World
from portal.demo.ledgerline.asking import (
    FILTERS,
    LARGEST_INVOICES,
    LARGEST_PAGE,
    PAGING,
    fields_of,
    moment_of,
    number_of,
    problem,
    refusal,
    refuse_if,
    typed,
)
from portal.demo.ledgerline.kinds import CORRECTED, PREFIX, SINGULAR
from portal.demo.ledgerline.records import told
from portal.demo.ledgerline.rules import CONTRACT, CUSTOMER, ITEM, fault, faults, item_faults
from portal.demo.ledgerline.webhooks import Webhooks
from portal.demo.screens import Screen
from portal.demo.serving import App, Request, Response, Route, refuse, reply, router
from portal.demo.store import Record, Store, Wanted, listed
from portal.demo.switch import Switch
from portal.demo.tokens import Tokens

HANG_SECONDS = 45.0


class Ledgerline:
    """The system; `hangs_on` is the reference of the one charge whose answer never comes."""

    def __init__(
        self,
        store: Store,
        *,
        tokens: Tokens,
        clock: Clock,
        switch: Switch,
        webhooks: Webhooks,
        hangs_on: str = "",
        hang: float = HANG_SECONDS,
    ) -> None:
        self.store, self._tokens, self._clock, self._switch = store, tokens, clock, switch
        self._webhooks, self._hangs_on, self._hang = webhooks, hangs_on, hang

    def app(self) -> App:
        screen = Screen("Ledgerline Billing", self.store, CORRECTED, self.save)
        routes: list[Route] = [
            *screen.routes(),
            *self._switch.routes(lambda: {kind: self.store.count(kind) for kind in PREFIX}),
            ("POST", "/oauth/token", self._token),
            ("GET", "/v1/{kind}", self._list),
            ("GET", "/v1/{kind}/{id}", self._one),
            ("POST", "/v1/customers", self._create_customer),
            ("POST", "/v1/customers/{id}", self._update_customer),
            ("POST", "/v1/contracts/{id}", self._update_contract),
            ("POST", "/v1/items", self._create_item),
            ("POST", "/v1/invoices/{id}/send", self._send_invoice),
        ]
        return router(routes, otherwise=lambda _: problem(404, "not_found", "no such address"))

    def fill(self, world: World) -> None:
        """The firm's history, once."""
        with self.store as store:
            if store.count("customers"):
                return
            for kind, rows in told(world):
                store.fill(kind, rows)

    def save(self, kind: str, record: Record) -> Record:
        now = self._clock.now()
        record["updated"] = int(now.timestamp())
        return self.store.put(kind, record, changed_at=stamp(now))

    def make(self, kind: str, given: dict[str, Any]) -> Record:
        """A new record with an id and its moments."""
        number = self.store.next(kind, start=900_001)
        created = int(self._clock.now().timestamp())
        return self.save(kind, {"id": f"{PREFIX[kind]}_{number:08}", "created": created, **given})

    def tell(self, type: str, record: Record) -> None:
        """An event in the list, and a webhook where the kind has one."""
        about = {"object": "event", "type": type, "data": {"object": record}}
        self._webhooks.tell(self.make("events", about))

    def _token(self, request: Request) -> Response:
        if dict(request.form).get("grant_type") != "client_credentials":
            return reply({"error": "unsupported_grant_type"}, status=400)
        given = request.headers.get("authorization", "")
        issued = self._tokens.issue(given, now=self._clock.now())
        return reply(issued) if issued else reply({"error": "invalid_client"}, status=401)

    def _list(self, request: Request, *, kind: str) -> Response:
        self._authorise(request, kind)
        query = request.query
        if unknown := sorted(set(query) - PAGING - FILTERS[kind]):
            return refusal([fault("unknown_parameter", unknown[0], "is no parameter of this")])
        most = LARGEST_INVOICES if kind == "invoices" else LARGEST_PAGE
        limit = min(number_of(query, "limit", 10), most)
        since = max(number_of(query, "updated[gte]", 0), number_of(query, "created[gte]", 0))
        wanted = Wanted(
            {name: query[name] for name in sorted(FILTERS[kind] & set(query))},
            since=moment_of(since),
            after=("", query.get("starting_after", "")),
            limit=limit + 1,
        )
        rows = self.store.newest(kind, wanted)
        more = "true" if len(rows) > limit else "false"
        body = f'{{"object":"list","data":{listed(rows[:limit])},"has_more":{more}}}'
        return Response(200, body.encode())

    def _one(self, request: Request, *, kind: str, id: str) -> Response:
        self._authorise(request, kind)
        row = self.store.get(kind, id)
        return reply(row) if row else problem(404, "not_found", f"no such record: {id}")

    def _create_customer(self, request: Request) -> Response:
        self._authorise(request, "customers")
        given = fields_of(request)
        refuse_if(faults(given, CUSTOMER))
        with self.store:
            made = self.make("customers", {"object": "customer", **given})
            self.tell("customer.created", made)
        return reply(made, status=201)

    def _update_customer(self, request: Request, *, id: str) -> Response:
        return self._update(request, "customers", id, CUSTOMER)

    def _update_contract(self, request: Request, *, id: str) -> Response:
        return self._update(request, "contracts", id, CONTRACT)

    def _update(self, request: Request, kind: str, id: str, shape: dict[str, str]) -> Response:
        self._authorise(request, kind)
        given = fields_of(request)
        refuse_if(faults(given, shape, partial=True))
        with self.store as store:
            held = store.get(kind, id)
            if held is None:
                return problem(404, "not_found", f"no such record: {id}")
            changed = self.save(kind, held | typed(given))
            self.tell(f"{SINGULAR[kind]}.updated", changed)
        return reply(changed)

    def _create_item(self, request: Request) -> Response:
        self._authorise(request, "items")
        given = fields_of(request)
        refuse_if(faults(given, ITEM))
        refuse_if(item_faults(given, self.store.get("customers", given["customer"])))
        meta = given.get("metadata", {})
        reference = meta.get("reference", "")
        with self.store:
            if meta.get("receipt") and self._charged(meta["receipt"], reference):
                words = f"receipt {meta['receipt']} is charged already"
                return problem(409, "duplicate", words)
            body = given | {"amount": int(given["amount"]), "external_reference": reference}
            made = self.make(
                "items", {"object": "item", "status": "pending", "invoice": None} | body
            )
            self.tell("item.created", made)
        if reference and reference == self._hangs_on:
            self._hangs_on = ""
            time.sleep(self._hang)
        return reply(made, status=201)

    def _charged(self, receipt: str, reference: str) -> bool:
        """Whether another expense with that receipt is a charge or on an invoice."""
        held = self.store.newest("items", Wanted({"metadata.receipt": receipt}, limit=5))
        return bool(self.store.by_ref("receipts", receipt)) or any(
            row.record["external_reference"] != reference for row in held
        )

    def _send_invoice(self, request: Request, *, id: str) -> Response:
        self._authorise(request, "invoices")
        with self.store as store:
            held = store.get("invoices", id)
            if held is None or held["status"] != "issued":
                return problem(404, "not_found", f"no issued invoice: {id}")
            held["sent_at"] = held["sent_at"] or int(self._clock.now().timestamp())
            return reply(self.save("invoices", held))

    def _authorise(self, request: Request, kind: str) -> None:
        given = request.headers.get("authorization", "")
        if not self._tokens.holds(given, now=self._clock.now()):
            refuse(problem(401, "token_expired", "ask /oauth/token for a token"))
        if kind not in PREFIX:
            refuse(problem(404, "not_found", f"no such collection: {kind}"))
