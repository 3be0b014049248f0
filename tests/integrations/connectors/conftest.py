"""A served peer, connectors opened to it, and a stored secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from integrations.connectors import services
from integrations.connectors.http import forget_connections
from integrations.connectors.port import ConnectionSpec
from integrations.connectors.registry import open_connector
from tests.integrations.connectors.dialects import described
from tests.integrations.connectors.given import ADA, CANARY, NOW
from tests.integrations.connectors.peer import Manners, Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from integrations.connectors.port import Connector

    Opens = Callable[..., Connector]


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    serving = Server(Manners())
    settings.LOCAL_HOSTS = [serving.host]
    yield serving
    forget_connections()
    serving.stop()


@pytest.fixture
def opened(server: Server) -> Opens:
    def open_one(**told: Any) -> Connector:
        secret = told.pop("secret", "")
        told.setdefault("top", {})
        return open_connector(
            ConnectionSpec(
                system="peer",
                connection=f"peer-{server.host}",
                kind="http",
                base_url=server.url + "/api",
                variables={"tenant": "t-1"},
                secret=secret,
                description=described(**told),
            )
        )

    return open_one


@pytest.fixture
def secret(db: None) -> str:
    services.put_secret(name="peer", value=CANARY, by=ADA, reason="test", now=NOW)
    return "peer"
