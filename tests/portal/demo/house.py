"""The sample firm's four systems behind real sockets, in memory, on the firm's own clock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.demo.clock import Clock
from portal.demo.firm.calendar import NOW
from portal.demo.firm.world import build
from portal.demo.harbour.limiter import Limiter
from portal.demo.ledgerline.webhooks import Webhooks
from portal.demo.serving import Server
from portal.demo.switch import Switch
from portal.demo.systems.wiring import Systems, Wiring, made
from tests.portal.demo.calls import SECRETS, Caller

CONTROL = "turn-it-off"


@dataclass
class House:
    """`systems` to look inside, `caller` to ask as others do."""

    systems: Systems
    caller: Caller


@contextmanager
def house(*, webhook: str = "", hang: float = 0.5, throttled: bool = False) -> Iterator[House]:
    clock = Clock((NOW - datetime.now(UTC)).total_seconds())
    webhooks = Webhooks(webhook, "the-webhook-secret", clock)
    wiring = Wiring(SECRETS, clock, Switch(CONTROL), webhooks, erp_pause=0.0, hang=hang)
    systems = made(lambda _: ":memory:", wiring, build())
    if not throttled:
        systems.crm.limiter = Limiter(1000, 1.0)
    servers = {name: Server(one.app(), port=0) for name, one in systems.named().items()}
    stop = threading.Event()
    works = [threading.Thread(target=webhooks.work, args=(stop,), daemon=True)]
    works += [threading.Thread(target=one.serve_forever, daemon=True) for one in servers.values()]
    for work in works:
        work.start()
    yield House(systems, Caller({name: one.url for name, one in servers.items()}))
    stop.set()
    for server in servers.values():
        server.shutdown()
        server.server_close()
