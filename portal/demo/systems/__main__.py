"""`python -m portal.demo.systems`: CRM, PSA, billing and ERP of the sample firm in one process."""

from __future__ import annotations

import argparse
from pathlib import Path

from portal.demo.clock import Clock
from portal.demo.firm.world import build
from portal.demo.ledgerline.webhooks import Webhooks
from portal.demo.life.going_on import Life, work
from portal.demo.serving import Server, run_all
from portal.demo.switch import Switch
from portal.demo.systems.wiring import NAMES, Wiring, made


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
    clock, switch, world = Clock(given.offset), Switch(given.control), build()
    webhooks = Webhooks(given.webhook, given.webhook_secret, clock)
    secrets = {name: getattr(given, f"{name}_secret") for name in NAMES}
    given.folder.mkdir(parents=True, exist_ok=True)
    systems = made(
        lambda name: given.folder / f"{name}.sqlite3",
        Wiring(secrets, clock, switch, webhooks),
        world,
    )
    going_on = work(Life(systems, world, clock), switch, given.every)
    if not given.quiet:
        switch.works.set()
    servers = [
        Server(system.app(), port=getattr(given, f"{name}_port"))
        for name, system in systems.named().items()
        if not given.only or name in given.only
    ]
    run_all(servers, works=[webhooks.work, going_on])


if __name__ == "__main__":
    main()
