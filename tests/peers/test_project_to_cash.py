"""A firm's whole project-to-cash on two real systems: from time sheets to booked payments.

The product runs in processes of its own; what came of it is read from both systems directly.
"""

from __future__ import annotations

import pytest

from tests.peers.books import Billing, Counts, Erp, agreed, counts, everything, three_ways
from tests.peers.installation import Installation
from tests.peers.proposal import FLOWS
from tests.peers.rig import ErpFacts, Peer

SETTLED = {"planned"}
"""The one state of a message that has had its say: its operations exist."""


@pytest.fixture(scope="module")
def delivered(
    product: Installation, erp_server: Peer, billing_server: Peer, facts: ErpFacts, billing: Billing
) -> Installation:
    """Every flow has run once, in the order of the business."""
    product.found(erp_server, billing_server, facts)
    assert product.run(*FLOWS) == 0, product.said()
    return product


def test_each_effect_is_there_once(
    delivered: Installation, erp: Erp, billing: Billing, facts: ErpFacts
) -> None:
    assert counts(erp, billing) == Counts(
        customers=facts.customers,
        subscriptions=facts.customers,
        items=facts.lines,
        invoices=facts.projects,
        paid=facts.projects,
        erp_invoices=facts.projects,
        erp_payments=facts.projects,
    )


def test_every_project_agrees_to_the_cent_in_five_places(
    delivered: Installation, erp: Erp, billing: Billing, facts: ErpFacts
) -> None:
    books = three_ways(erp, billing)
    assert books == {name: agreed(one.worked) for name, one in books.items()}
    assert len(books) == facts.projects
    assert all(one.worked > 0 for one in books.values())


def test_everything_is_settled_and_no_case_is_open(
    delivered: Installation, facts: ErpFacts
) -> None:
    ledger = delivered.ledger()
    firm = dict.fromkeys(("account", "retainer"), facts.customers)
    projects = dict.fromkeys(
        ("invoice", "draft", "mark", "post", "collect", "payment"), facts.projects
    )
    wanted = {**firm, **projects, "item": facts.lines}
    assert ledger["operations"] == {f"{kind} applied": n for kind, n in wanted.items()}
    assert {name.split()[-1] for name in ledger["messages"]} == SETTLED
    assert ledger["runs"] == {"done": len(FLOWS)}
    assert (ledger["cases"], ledger["unfinished"]) == ([], 0)


def test_a_second_run_of_every_flow_changes_nothing(
    delivered: Installation, erp: Erp, billing: Billing
) -> None:
    books, ledger = everything(erp, billing), delivered.ledger()
    assert delivered.run(*FLOWS) == 0, delivered.said()
    again = delivered.ledger()
    assert everything(erp, billing) == books
    for kept in ("operations", "attempts", "cases", "unfinished"):
        assert again[kept] == ledger[kept]
    assert {name.split()[-1] for name in again["messages"]} == SETTLED
    assert again["runs"] == {"done": 2 * len(FLOWS)}
