"""All that the CRM holds at the start, kind by kind."""

from __future__ import annotations

from collections.abc import Iterator

from portal.demo.firm.world import World
from portal.demo.harbour.accounts import accounts
from portal.demo.harbour.contracts import contracts
from portal.demo.harbour.deals import opportunities
from portal.demo.workplan.words import Dated

KINDS = ("accounts", "opportunities", "contracts")


def told(world: World) -> Iterator[tuple[str, Iterator[Dated]]]:
    """Each kind with its records, and when each changed last."""
    yield "accounts", accounts(world)
    yield "opportunities", opportunities(world)
    yield "contracts", contracts(world)
