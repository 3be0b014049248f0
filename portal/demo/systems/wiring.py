"""The four systems of the sample firm, each with its history and its secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.demo.answers.healed import times_out
from portal.demo.clock import Clock
from portal.demo.firm.world import World
from portal.demo.harbour import server as harbour
from portal.demo.ledgerline import kinds as billing_kinds
from portal.demo.ledgerline import server as ledgerline
from portal.demo.ledgerline.webhooks import Webhooks
from portal.demo.northbook import kinds as erp_kinds
from portal.demo.northbook import server as northbook
from portal.demo.store import Store
from portal.demo.switch import Switch
from portal.demo.tokens import Tokens
from portal.demo.workplan import server as workplan

NAMES = ("crm", "psa", "billing", "erp")


System = harbour.Harbour | workplan.Workplan | ledgerline.Ledgerline | northbook.Northbook


REFS = {
    "crm": harbour.REFS,
    "psa": workplan.REFS,
    "billing": billing_kinds.REFS,
    "erp": erp_kinds.REFS,
}


@dataclass(frozen=True)
class Wiring:
    """What the four need to be started; secrets by name of the system."""

    secrets: Mapping[str, str]
    clock: Clock
    switch: Switch
    webhooks: Webhooks
    erp_pause: float = 1.0
    hang: float = ledgerline.HANG_SECONDS


@dataclass(frozen=True)
class Systems:
    """All four, or those that were asked for."""

    crm: harbour.Harbour
    psa: workplan.Workplan
    billing: ledgerline.Ledgerline
    erp: northbook.Northbook

    def named(self) -> dict[str, System]:
        return {"crm": self.crm, "psa": self.psa, "billing": self.billing, "erp": self.erp}


def made(place: Callable[[str], Path | str], wiring: Wiring, world: World) -> Systems:
    """Systems with their history; `place` says where each keeps its file."""
    stores = {name: Store(place(name), refs=REFS[name]) for name in NAMES}
    clock, switch, secrets = wiring.clock, wiring.switch, wiring.secrets
    systems = Systems(
        harbour.Harbour(stores["crm"], tokens=_tokens(secrets["crm"]), clock=clock, switch=switch),
        workplan.Workplan(stores["psa"], key=secrets["psa"], clock=clock, switch=switch),
        ledgerline.Ledgerline(
            stores["billing"],
            tokens=_tokens(secrets["billing"]),
            clock=clock,
            switch=switch,
            webhooks=wiring.webhooks,
            hangs_on=times_out(world).id,
            hang=wiring.hang,
        ),
        northbook.Northbook(
            stores["erp"], key=secrets["erp"], clock=clock, switch=switch, pause=wiring.erp_pause
        ),
    )
    for system in systems.named().values():
        system.fill(world)
    return systems


def _tokens(secret: str) -> Tokens:
    client, _, key = secret.partition(":")
    return Tokens(client_id=client, secret=key)
