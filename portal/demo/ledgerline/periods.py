"""Invoice schedules, as the billing system tells them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from portal.demo.firm.calendar import TODAY
from portal.demo.firm.lines import Schedule
from portal.demo.firm.world import World
from portal.demo.ledgerline.words import Dated, dated


def _status(one: Schedule, issued: datetime | None) -> str:
    if issued:
        return "invoiced"
    return "due" if one.billable_on <= TODAY else "planned"


def schedules(world: World) -> Iterator[Dated]:
    ordered = sorted(world.schedules.values(), key=lambda s: (s.created_at, s.number))
    for place, one in enumerate(ordered, start=1):
        contract = world.contracts[one.contract]
        invoice = world.numbered.get(one.invoice or "")
        issued = invoice.issued_at if invoice else None
        yield dated(
            one.created_at,
            issued or one.created_at,
            {
                "id": f"sch_{place:08}",
                "object": "schedule",
                "number": one.number,
                "seq": one.seq,
                "contract": one.contract,
                "project": one.project,
                "external_customer": contract.customer,
                "trigger": one.trigger,
                "frequency": one.frequency,
                "period_start": str(one.first),
                "period_end": str(one.last),
                "billable_on": str(one.billable_on),
                "amount": one.amount,
                "currency": contract.currency.lower(),
                "status": _status(one, issued),
                "invoice": one.invoice if issued else None,
            },
        )
