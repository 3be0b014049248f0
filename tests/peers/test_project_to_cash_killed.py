"""Project-to-cash on two real systems while the product is killed at every stage.

A killed process is followed by another that finds only what the database kept: leases run out by
the real clock, and tries without an outcome are looked up at the system itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.peers.books import Billing, Counts, Erp, agreed, counts, project_of, three_ways
from tests.peers.installation import KILLED, Installation
from tests.peers.rig import ErpFacts, Peer

ONLY = ("ENG-001", "ENG-007", "ENG-013", "ENG-024", "ENG-036", "ENG-050")
"""Few projects are billed, so that there is time for many kills."""
PATIENCE = 120.0
"""Seconds until a process that should be killed has done what it is killed for."""


@pytest.fixture(scope="module")
def founded(
    product: Installation, erp_server: Peer, billing_server: Peer, facts: ErpFacts, billing: Billing
) -> Installation:
    """Registered and active; nothing has run."""
    product.found(erp_server, billing_server, facts, ONLY)
    return product


@pytest.fixture(scope="module")
def survived(founded: Installation, erp: Erp, billing: Billing) -> Installation:
    """Killed during every flow, and run to rest after each."""
    kill_customers(founded, billing)
    kill_items(founded, billing)
    killed_at(founded, "projects-to-invoices", "before_commit:1")
    to_rest(founded, "projects-to-invoices")
    kill_postings(founded, erp)
    for flow in ("postings-to-collection", "payments-to-erp"):
        killed_at(founded, flow, "before_commit:1")
        to_rest(founded, flow)
    return founded


def kill_customers(product: Installation, billing: Billing) -> None:
    """When accounts are made and nothing is written down; and again while it recovers."""
    flow = "customers-to-billing"
    killed_at(product, flow, "before_commit:1")
    assert len(billing.all("customers")) > 0
    killed_at(product, flow, "before_commit:2")
    to_rest(product, flow)


def kill_items(product: Installation, billing: Billing) -> None:
    """Twice in the middle of the items, wherever it happens to be."""
    flow = "time-to-billing"
    killed_once(product, flow, lambda: len(billing.all("invoiceitems")) >= 70)
    killed_once(product, flow, lambda: len(billing.all("invoiceitems")) >= 150)
    to_rest(product, flow)


def kill_postings(product: Installation, erp: Erp) -> None:
    """When drafts are made and nothing is written down; and while the ERP posts."""
    flow = "invoices-to-erp"
    killed_at(product, flow, "before_commit:1")
    killed_once(product, flow, lambda: posted(erp) >= 2)
    to_rest(product, flow)


def posted(erp: Erp) -> int:
    return sum(invoice["state"] == "posted" for invoice in erp.invoices())


def killed_at(product: Installation, flow: str, point: str) -> None:
    """The process gets as far as the point."""
    assert product.run(flow, crash_at=point) == KILLED, product.said()


def killed_once(product: Installation, flow: str, done: Callable[[], bool]) -> None:
    """Run the flow and kill its process from outside as soon as the system shows so much."""
    process = product.start("run", flow)
    deadline = time.monotonic() + PATIENCE
    while not done() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    assert process.wait() == KILLED, product.said()


def to_rest(product: Installation, flow: str) -> None:
    assert product.run(flow) == 0, product.said()


def test_each_effect_is_there_once(
    survived: Installation, erp: Erp, billing: Billing, facts: ErpFacts
) -> None:
    assert counts(erp, billing) == Counts(
        customers=facts.customers,
        subscriptions=facts.customers,
        items=sum(project_of(line) in ONLY for line in erp.time_lines()),
        invoices=len(ONLY),
        paid=len(ONLY),
        erp_invoices=len(ONLY),
        erp_payments=len(ONLY),
    )


def test_every_project_agrees_to_the_cent_in_five_places(
    survived: Installation, erp: Erp, billing: Billing
) -> None:
    books = three_ways(erp, billing, ONLY)
    assert books == {name: agreed(books[name].worked) for name in ONLY}


def test_everything_is_settled_and_no_case_is_open(survived: Installation) -> None:
    ledger = survived.ledger()
    assert {name.split()[-1] for name in ledger["operations"]} == {"applied"}
    assert {name.split()[-1] for name in ledger["messages"]} == {"planned"}
    assert set(ledger["runs"]) == {"done"}
    assert (ledger["cases"], ledger["unfinished"]) == ([], 0)


def test_tries_had_died_without_an_outcome(survived: Installation) -> None:
    assert survived.ledger()["attempts"]["dead"] > 0
