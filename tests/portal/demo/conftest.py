"""The sample firm's two systems, each behind a real socket, and connectors that speak to them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from governance.catalog.connector_grammar import parse
from integrations.connectors.port import ConnectionSpec, Connector
from integrations.connectors.registry import open_connector
from integrations.connectors.services import put_secret
from portal.accounts.models import User
from portal.demo.billing.server import Billing
from portal.demo.billing.tokens import Tokens
from portal.demo.documents import HERE
from portal.demo.psa.server import Psa
from portal.demo.records import Records
from portal.demo.serving import App, Request, Response, Server

START = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
KEYS = {"psa": "a-key-for-the-psa", "billing": "meridian:a-secret-of-the-firm"}
DESCRIPTIONS = {"psa": "workplan", "billing": "ledgerline"}


@dataclass
class Firm:
    """Both systems; `heard` is every request that reached them."""

    psa: Psa
    billing: Billing
    billed: Records
    worked: Records
    connect: Callable[[str], Connector]
    heard: list[Request] = field(default_factory=list)


@pytest.fixture
def systems(settings: Any, person: Callable[[str], User]) -> Iterator[Firm]:
    for name, value in KEYS.items():
        put_secret(name=name, value=value, by=person("paul"), reason="the first day", now=START)
    worked, billed = Records(":memory:"), Records(":memory:")
    psa = Psa(worked, key=KEYS["psa"])
    psa.fill(now=START)
    billing = Billing(billed, tokens=Tokens(client_id="meridian", secret="a-secret-of-the-firm"))
    heard: list[Request] = []
    servers = {
        name: Server(_overheard(app, heard), port=0)
        for name, app in (("psa", psa.app()), ("billing", billing.app()))
    }
    settings.LOCAL_HOSTS = [f"127.0.0.1:{server.server_port}" for server in servers.values()]
    for server in servers.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Firm(psa, billing, billed, worked, lambda name: _connect(name, servers[name].url), heard)
    for server in servers.values():
        server.shutdown()
        server.server_close()


def _overheard(app: App, heard: list[Request]) -> App:
    def listening(request: Request) -> Response:
        heard.append(request)
        return app(request)

    return listening


def _connect(name: str, url: str) -> Connector:
    text = (HERE / "connectors" / f"{DESCRIPTIONS[name]}.yaml").read_text()
    spec = ConnectionSpec(name, name, "http", url, secret=name, description=parse(text))
    return open_connector(spec)
