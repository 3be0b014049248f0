"""Which code speaks to which kind of connection; each is loaded on first use."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from integrations.errors import NeedsAPerson

if TYPE_CHECKING:
    from collections.abc import Callable

    from integrations.connectors.port import ConnectionSpec, Connector

CONNECTORS = {
    "http": "integrations.connectors.http.open_http",
    "memory": "integrations.connectors.memory.open_memory",
}


@cache
def opener(kind: str) -> Callable[[ConnectionSpec], Connector]:
    """The function that opens connections of this kind."""
    if kind not in CONNECTORS:
        raise NeedsAPerson(
            f"no connector is called {kind!r}: register the connection as one of "
            f"{', '.join(sorted(CONNECTORS))}",
            klass="contract",
        )
    module, _, name = CONNECTORS[kind].rpartition(".")
    function: Callable[[ConnectionSpec], Connector] = getattr(import_module(module), name)
    return function


def open_connector(spec: ConnectionSpec) -> Connector:
    """Cheap enough per run: descriptions and HTTP clients behind it are shared by the process."""
    return opener(spec.kind)(spec)
