"""All that the billing system holds at the start, kind by kind."""

from __future__ import annotations

from collections.abc import Iterator

from portal.demo.firm.world import World
from portal.demo.ledgerline.accounts import contracts, customers
from portal.demo.ledgerline.charges import items, receipts
from portal.demo.ledgerline.credits import credit_memos
from portal.demo.ledgerline.invoices import invoices
from portal.demo.ledgerline.periods import schedules
from portal.demo.ledgerline.words import Dated


def told(world: World) -> Iterator[tuple[str, Iterator[Dated]]]:
    """Each kind with its records, and when each changed last."""
    yield "customers", customers(world)
    yield "contracts", contracts(world)
    yield "schedules", schedules(world)
    yield "items", items(world)
    yield "invoices", invoices(world)
    yield "credit_memos", credit_memos(world)
    yield "receipts", receipts(world)
