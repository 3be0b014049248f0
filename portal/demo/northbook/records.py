"""All that the ERP holds at the start, kind by kind."""

from __future__ import annotations

from collections.abc import Iterator

from portal.demo.firm.world import World
from portal.demo.northbook.books import companies, cost_centres, periods, rates
from portal.demo.northbook.money import applications, credit_memos, payments
from portal.demo.northbook.parties import customers, projects
from portal.demo.northbook.postings import postings, receivables
from portal.demo.northbook.words import Dated


def told(world: World) -> Iterator[tuple[str, Iterator[Dated]]]:
    """Each kind with its records, and when each changed last."""
    yield "companies", companies(world)
    yield "cost_centres", cost_centres(world)
    yield "customers", customers(world)
    yield "projects", projects(world)
    yield "periods", periods(world)
    yield "fx_rates", rates(world)
    yield "postings", postings(world)
    yield "receivables", receivables(world)
    yield "credit_memos", credit_memos(world)
    yield "payments", payments(world)
    yield "applications", applications(world)
