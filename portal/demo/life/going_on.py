"""The firm goes on working: a piece of work every few seconds, in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count

from portal.demo.clock import Clock
from portal.demo.firm.world import World
from portal.demo.life.approving import Approving
from portal.demo.life.billing_run import BillingRun
from portal.demo.life.collecting import Collecting
from portal.demo.life.crediting import Crediting
from portal.demo.store import Record
from portal.demo.switch import Switch
from portal.demo.systems.wiring import Systems

CREDITED_EVERY = 12
"""One of so many invoices is credited."""


class Life:
    """Steps in turn: approve, approve, invoice, post and send, pay."""

    def __init__(self, systems: Systems, world: World, clock: Clock) -> None:
        self._psa = systems.psa
        self._approving = Approving(systems.psa, world, clock)
        self._billing = BillingRun(systems.billing, world, clock)
        self._crediting = Crediting(systems.billing, clock)
        self._collecting = Collecting(systems.erp, clock)
        self._invoices = count(1)
        self._steps: tuple[Callable[[], None], ...] = (
            self._approving.step,
            self._invoice,
            self._approving.step,
            self._hear,
            self._collecting.pay,
        )
        self._turn = 0

    def step(self) -> None:
        """The next piece of work."""
        self._steps[self._turn % len(self._steps)]()
        self._turn += 1

    def _invoice(self) -> None:
        made = self._billing.invoice()
        if made is None:
            return
        self._tell_psa(made)
        if next(self._invoices) % CREDITED_EVERY == 0:
            self._crediting.credit(made)

    def _tell_psa(self, invoice: Record) -> None:
        """The PSA learns which of its records were invoiced."""
        kinds = {"time": "time_entries", "expense": "expenses", "milestone": "milestones"}
        for line in invoice["lines"]:
            for source in line["sources"]:
                kind = kinds[source["kind"]]
                if held := self._psa.store.get(kind, source["id"]):
                    told = {"status": "invoiced", "invoice": invoice["number"]}
                    self._psa.save(kind, held | {"billing": held["billing"] | told})

    def _hear(self) -> None:
        self._billing.send(self._collecting.posted())
        self._crediting.settle(self._collecting.applied())


def work(life: Life, switch: Switch, every: float) -> Callable[[threading.Event], None]:
    """Steps until told to stop, while the switch is on."""

    def going_on(stop: threading.Event) -> None:
        while not stop.wait(every):
            if switch.works.is_set():
                life.step()

    return going_on
