"""What both systems hold, read from them directly: nothing of the product takes part."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

import httpx2

from tests.peers.rig import BILLING_KEY, DATABASE, ErpFacts

TAX = Decimal("1.10")
EVERYTHING = 100_000


@dataclass(frozen=True)
class ProjectBooks:
    """One project three ways: what was worked, what was billed, what is booked."""

    worked: Decimal
    """Hours x rate x tax."""
    billed: Decimal
    collected: Decimal
    booked: Decimal
    received: Decimal
    """Payments booked on the ERP's invoice."""
    erp_state: str
    marked: bool
    """The ERP's invoice carries the id of the billing platform's invoice."""


@dataclass(frozen=True)
class Counts:
    """How many there are of each; a doubled effect shows as one too many."""

    customers: int
    subscriptions: int
    items: int
    invoices: int
    paid: int
    erp_invoices: int
    erp_payments: int


class Eyes:
    """A client that is closed at the end."""

    _client: httpx2.Client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()


class Erp(Eyes):
    """Reads over JSON-RPC: the one interface that reaches a line's rate."""

    def __init__(self, url: str, facts: ErpFacts) -> None:
        self._facts = facts
        self._client = httpx2.Client(
            base_url=f"{url}/{DATABASE}", auth=(facts.login, facts.password), timeout=120
        )

    def rows(self, model: str, domain: list[Any], fields: list[str]) -> list[dict[str, Any]]:
        parameters = [domain, 0, None, [["id", "ASC"]], fields, {"company": self._facts.company}]
        call = {"id": 1, "method": f"model.{model}.search_read", "params": parameters}
        answer = self._client.post("/rpc/", json=call).raise_for_status().json()
        if "error" in answer:
            raise AssertionError(answer["error"])
        found: list[dict[str, Any]] = answer["result"]
        return found

    def time_lines(self) -> list[dict[str, Any]]:
        path = "work.origin."
        fields = ["duration", "invoice_line", f"{path}list_price", f"{path}parent.name"]
        return self.rows("timesheet.line", [], fields)

    def worked(self) -> dict[str, Decimal]:
        """Net amount per project name."""
        totals: dict[str, Decimal] = Counter()  # type: ignore[assignment]
        for line in self.time_lines():
            hours = Decimal(str(line["duration"]["seconds"])) / 3600
            totals[project_of(line)] += hours * decimal(line["work."]["origin."]["list_price"])
        return totals

    def invoices(self) -> list[dict[str, Any]]:
        fields = ["description", "reference", "state", "total_amount", "number"]
        return self.rows("account.invoice", [["type", "=", "out"]], fields)

    def payments(self) -> list[dict[str, Any]]:
        """Card payments: moves whose description is a payment of the billing platform."""
        fields = ["description", "origin", "lines.credit"]
        return self.rows("account.move", [["description", "like", "pi_%"]], fields)


class Billing(Eyes):
    def __init__(self, url: str) -> None:
        self._client = httpx2.Client(
            base_url=url, headers={"Authorization": f"Bearer {BILLING_KEY}"}, timeout=120
        )

    def all(self, kind: str) -> list[dict[str, Any]]:
        answer = self._client.get(f"/v1/{kind}", params={"limit": EVERYTHING})
        found: list[dict[str, Any]] = answer.raise_for_status().json()["data"]
        return found

    def invoices(self) -> list[dict[str, Any]]:
        """Without the free ones that a new subscription makes."""
        return [invoice for invoice in self.all("invoices") if invoice["description"]]

    def items(self) -> int:
        """Those still pending and those on invoices."""
        lines = [self.lines(invoice["id"]) for invoice in self.all("invoices")]
        billed = [line for part in lines for line in part if line["type"] == "invoiceitem"]
        return len(billed) + len(self.all("invoiceitems"))

    def lines(self, invoice: str) -> list[dict[str, Any]]:
        answer = self._client.get(f"/v1/invoices/{invoice}/lines", params={"limit": EVERYTHING})
        found: list[dict[str, Any]] = answer.raise_for_status().json()["data"]
        return found

    def prepare(self) -> None:
        """Standing data that nobody syncs: the service and the free retainer that invoices need."""
        product = {"id": "prod_services", "name": "Professional services", "type": "service"}
        plan = {"id": "plan_retainer", "amount": "0", "currency": "usd", "interval": "month"}
        self._client.post("/v1/products", data=product).raise_for_status()
        answer = self._client.post("/v1/plans", data={**plan, "product": "prod_services"})
        answer.raise_for_status()


def project_of(line: dict[str, Any]) -> str:
    """The name of the project on which a line of time was worked."""
    name: str = line["work."]["origin."]["parent."]["name"]
    return name


def decimal(value: dict[str, str]) -> Decimal:
    return Decimal(value["decimal"])


def cents(value: int) -> Decimal:
    return Decimal(value).scaleb(-2)


def counts(erp: Erp, billing: Billing) -> Counts:
    invoices = billing.invoices()
    return Counts(
        customers=len(billing.all("customers")),
        subscriptions=len(billing.all("subscriptions")),
        items=billing.items(),
        invoices=len(invoices),
        paid=sum(invoice["status"] == "paid" for invoice in invoices),
        erp_invoices=len(erp.invoices()),
        erp_payments=len(erp.payments()),
    )


def three_ways(erp: Erp, billing: Billing, only: Collection[str] = ()) -> dict[str, ProjectBooks]:
    """By project name; `only` names those that are billed, all if empty.

    A project that one side lacks is a KeyError; `Counts` shows one too many.
    """
    billed = {invoice["description"]: invoice for invoice in billing.invoices()}
    booked = {invoice["description"]: invoice for invoice in erp.invoices()}
    received: dict[str, Decimal] = {}
    for move in erp.payments():
        credit = sum(decimal(line["credit"]) for line in move["lines."])
        received[move["origin"]] = received.get(move["origin"], Decimal(0)) + credit
    return {
        name: ProjectBooks(
            worked=net * TAX,
            billed=cents(billed[name]["total"]),
            collected=cents(billed[name]["amount_paid"]),
            booked=decimal(booked[name]["total_amount"]),
            received=received.get(f"account.invoice,{booked[name]['id']}", Decimal(0)),
            erp_state=booked[name]["state"],
            marked=booked[name]["reference"] == billed[name]["id"],
        )
        for name, net in erp.worked().items()
        if not only or name in only
    }


def agreed(worked: Decimal) -> ProjectBooks:
    """What the books of a project show that went all the way."""
    return ProjectBooks(
        worked=worked,
        billed=worked,
        collected=worked,
        booked=worked,
        received=worked,
        erp_state="paid",
        marked=True,
    )


def everything(erp: Erp, billing: Billing) -> dict[str, Any]:
    """All rows on which the product could have left a trace."""
    kinds = ("customers", "subscriptions", "invoiceitems", "invoices")
    return {
        **{kind: billing.all(kind) for kind in kinds},
        "billed": {one["id"]: billing.lines(one["id"]) for one in billing.invoices()},
        "booked": erp.invoices(),
        "received": erp.payments(),
        "time": erp.time_lines(),
    }


def context_header(company: int) -> str:
    """The ERP's REST interface takes its context as base64url of JSON."""
    return base64.urlsafe_b64encode(json.dumps({"company": company}).encode()).decode()
