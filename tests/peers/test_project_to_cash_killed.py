"""Project-to-cash on two real systems while the product is killed at every stage.

A killed process is followed by another that finds only what the database kept: leases run out by
the real clock, and tries without an outcome are looked up at the system itself.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.peers.books import Billing, Counts, Erp, agreed, counts, project_of, three_ways
from tests.peers.installation import KILLED, Installation
from tests.peers.rig import ErpFacts, Peer

ONLY = ("ENG-001", "ENG-007", "ENG-013", "ENG-024", "ENG-036", "ENG-050")
PATIENCE = 120.0
"""Seconds until a process that should be killed has done what it is killed for."""


@pytest.fixture(scope="module")
def founded(
    product: Installation, erp_server: Peer, billing_server: Peer, facts: ErpFacts, billing: Billing
) -> Installation:
    """Bills a few projects only, so that there is time for many kills."""
    product.found(erp_server, billing_server, facts, ONLY)
    return product


def killed_once(product: Installation, flow: str, done: Callable[[], bool]) -> None:
    """Run the flow and kill its process from outside as soon as the system shows so much."""
    process = product.start("run", flow)
    deadline = time.monotonic() + PATIENCE
    while not done() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == KILLED, product.said()


def killed_at(product: Installation, flow: str, *points: str) -> None:
    """Each process gets as far as its point."""
    for point in points:
        assert product.run(flow, crash_at=point) == KILLED, product.said()


def to_rest(product: Installation, flow: str) -> None:
    assert product.run(flow) == 0, product.said()


def test_killed_at_every_stage_nothing_is_lost_and_nothing_doubled(
    founded: Installation, erp: Erp, billing: Billing, facts: ErpFacts
) -> None:
    lines = sum(project_of(line) in ONLY for line in erp.time_lines())

    def pending_items() -> int:
        return len(billing.all("invoiceitems"))

    def posted() -> int:
        return sum(invoice["state"] == "posted" for invoice in erp.invoices())

    # accounts are made and nothing is written down; then killed again while it recovers
    killed_at(founded, "customers-to-billing", "before_commit:1")
    assert 0 < len(billing.all("customers")) < facts.customers
    killed_at(founded, "customers-to-billing", "before_commit:2")
    to_rest(founded, "customers-to-billing")

    # wherever it happens to be, in the middle of the items
    killed_once(founded, "time-to-billing", lambda: pending_items() >= 70)
    killed_once(founded, "time-to-billing", lambda: pending_items() >= 150)
    assert 150 <= pending_items() < lines
    to_rest(founded, "time-to-billing")

    killed_at(founded, "projects-to-invoices", "before_commit:1")
    to_rest(founded, "projects-to-invoices")

    # drafts are made and nothing is written down; then while the ERP posts
    killed_at(founded, "invoices-to-erp", "before_commit:1")
    killed_once(founded, "invoices-to-erp", lambda: posted() >= 2)
    assert 2 <= posted() < len(ONLY)
    to_rest(founded, "invoices-to-erp")

    for flow in ("postings-to-collection", "payments-to-erp"):
        killed_at(founded, flow, "before_commit:1")
        to_rest(founded, flow)

    assert counts(erp, billing) == Counts(
        customers=facts.customers,
        subscriptions=facts.customers,
        items=lines,
        invoices=len(ONLY),
        paid=len(ONLY),
        erp_invoices=len(ONLY),
        erp_payments=len(ONLY),
    )
    books = three_ways(erp, billing, ONLY)
    assert books == {name: agreed(books[name].worked) for name in ONLY}
    ledger = founded.ledger()
    assert {name.split()[-1] for name in ledger["operations"]} == {"applied"}
    assert {name.split()[-1] for name in ledger["messages"]} == {"planned"}
    assert (ledger["cases"], ledger["unfinished"]) == ([], 0)
    assert ledger["attempts"]["dead"] > 0
