"""Run the billing platform as published, on loopback only. Usage: serve_billing.py PORT STATE_FILE

Its own launcher listens on every interface and writes its whole state to a shared temporary file
after every change, which makes many writes quadratic. Here the state is read at the start and
written once, when the server is asked to stop.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from aiohttp import web  # type: ignore[import-not-found]
from localstripe import resources, server  # type: ignore[import-not-found]


def keep_in_memory(_store: object) -> None:
    """Stands in for the write after every change."""


def load(state: Path) -> None:
    if state.exists():
        resources.store.update(pickle.loads(state.read_bytes()))


def save_at_the_end(state: Path) -> None:
    async def save(_app: object) -> None:
        state.write_bytes(pickle.dumps(dict(resources.store), pickle.HIGHEST_PROTOCOL))

    server.app.on_shutdown.append(save)


def main() -> None:
    port, state = int(sys.argv[1]), Path(sys.argv[2])
    resources.Store.dump_to_disk = keep_in_memory
    load(state)
    save_at_the_end(state)
    web.run_app(server.app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main()
