"""Fresh copies of both real systems for each module of tests, and direct eyes on their books."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.peers.books import Billing, Erp
from tests.peers.installation import Installation, fresh_installation
from tests.peers.rig import ErpFacts, Peer, fresh_billing, fresh_erp


@pytest.fixture(scope="session")
def facts() -> ErpFacts:
    return ErpFacts.load()


@pytest.fixture(scope="module")
def erp_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    peer = fresh_erp(tmp_path_factory.mktemp("erp"))
    yield peer.start()
    peer.stop()


@pytest.fixture(scope="module")
def billing_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    peer = fresh_billing(tmp_path_factory.mktemp("billing"))
    yield peer.start()
    peer.stop()


@pytest.fixture(scope="module")
def erp(erp_server: Peer, facts: ErpFacts) -> Iterator[Erp]:
    with Erp(erp_server.url, facts) as eyes:
        yield eyes


@pytest.fixture(scope="module")
def billing(billing_server: Peer) -> Iterator[Billing]:
    """With the standing data that nobody syncs."""
    with Billing(billing_server.url) as eyes:
        eyes.prepare()
        yield eyes


@pytest.fixture(scope="module")
def product(
    tmp_path_factory: pytest.TempPathFactory, erp_server: Peer, billing_server: Peer
) -> Iterator[Installation]:
    """An empty installation that may reach both systems."""
    peers = (erp_server, billing_server)
    with fresh_installation(tmp_path_factory.mktemp("product"), peers) as made:
        yield made
