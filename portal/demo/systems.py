"""`python -m portal.demo.systems`: CRM, PSA, billing and ERP of the sample firm in one process."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.demo.answers.faults import times_out
from portal.demo.billing.tokens import Tokens
from portal.demo.clock import Clock
from portal.demo.firm.world import World, build
from portal.demo.harbour import server as harbour
from portal.demo.ledgerline import kinds as billing_kinds
from portal.demo.ledgerline import server as ledgerline
from portal.demo.ledgerline.webhooks import Webhooks
from portal.demo.northbook import kinds as erp_kinds
from portal.demo.northbook import server as northbook
from portal.demo.serving import Server, run_all
from portal.demo.store import Store
from portal.demo.switch import Switch
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the files of records are")
    parser.add_argument("--offset", type=float, default=0.0, help="seconds from now to demo time")
    parser.add_argument("--only", choices=NAMES, action="append", help="serve these alone")
    for name in NAMES:
        parser.add_argument(f"--{name}-port", type=int, default=0)
        parser.add_argument(f"--{name}-secret", default=f"meridian:{name}")
    parser.add_argument("--webhook", default="", help="where billing sends its news")
    parser.add_argument("--webhook-secret", default="")
    parser.add_argument("--control", default="", help="token of those who may pause the work")
    parser.add_argument("--every", type=float, default=6.0, help="seconds between pieces of work")
    parser.add_argument("--quiet", action="store_true", help="no new work")
    _serve(parser.parse_args())


def _serve(given: argparse.Namespace) -> None:
    clock, switch = Clock(given.offset), Switch(given.control)
    webhooks = Webhooks(given.webhook, given.webhook_secret, clock)
    secrets = {name: getattr(given, f"{name}_secret") for name in NAMES}
    given.folder.mkdir(parents=True, exist_ok=True)
    systems = made(
        lambda name: given.folder / f"{name}.sqlite3",
        Wiring(secrets, clock, switch, webhooks),
        build(),
    )
    if not given.quiet:
        switch.works.set()
    servers = [
        Server(system.app(), port=getattr(given, f"{name}_port"))
        for name, system in systems.named().items()
        if not given.only or name in given.only
    ]
    run_all(servers, works=[webhooks.work])


if __name__ == "__main__":
    main()
