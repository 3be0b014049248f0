"""What was posted, and what is still owed of it, as the ERP tells it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.demo.clock import stamp
from portal.demo.firm.agreements import Contract
from portal.demo.firm.calendar import NOW
from portal.demo.firm.documents import Invoice
from portal.demo.firm.fx import fx_rate
from portal.demo.firm.world import World
from portal.demo.northbook.words import LATE_ROWS, Dated, dated, last_applied, late
from portal.demo.workplan.words import euro

STANDING = {
    (False, False): "cleared",
    (False, True): "cleared",
    (True, True): "partial",
    (True, False): "open",
}
"""By whether something is open, and whether something is settled."""
TAX_GROUPS = {"V20", "V19", "V20F", "RC", "OUT"}


def postings(world: World) -> Iterator[Dated]:
    for place, one in enumerate(posted(world), start=1):
        contract = world.contracts[one.contract]
        assert one.posted_at is not None
        assert one.issued_at is not None
        issued = one.issued_at.date()
        yield dated(
            one.posted_at,
            {
                "id": f"V-{place:06}",
                "voucher": f"V-{place:06}",
                "document_type": "invoice",
                "document_number": one.number,
                "reference": one.number,
                **about(world, contract, one),
                "period": str(issued)[:7],
                "posted_at": stamp(one.posted_at),
                "net": euro(one.net),
                "tax": euro(one.tax),
                "gross": euro(one.gross),
                "fx_rate": fx_rate(contract.currency, issued),
                "status": "posted",
            },
        )


def posted(world: World) -> list[Invoice]:
    held = [one for one in world.invoices if one.posted_at]
    return sorted(held, key=lambda one: (one.posted_at or NOW, one.number))


def about(world: World, contract: Contract, invoice: Invoice) -> dict[str, Any]:
    return {
        "company": contract.entity,
        "customer_number": contract.customer,
        "project_code": world.projects[invoice.project].erp_code,
        "psa_number": invoice.project,
        "contract_number": contract.number,
        "contract_type": contract.type,
        "region": contract.region,
        "business_unit": contract.unit,
        "currency": contract.currency,
    }


def receivables(world: World) -> Iterator[Dated]:
    held, applied = posted(world), last_applied(world)
    for place, one in enumerate(held, start=1):
        contract = world.contracts[one.contract]
        assert one.posted_at is not None
        back = len(held) - place
        changed = max(one.posted_at, applied.get(one.number, one.posted_at))
        yield dated(
            late(back) or changed,
            {
                "id": f"AR-{place:06}",
                "document_type": "invoice",
                "document_number": one.number,
                **about(world, contract, one),
                "original_amount": euro(one.gross),
                "credited_amount": euro(one.credited),
                "applied_amount": euro(one.applied),
                "open_amount": euro(one.open),
                "due_on": str(one.due),
                "posted_at": stamp(one.posted_at),
                "status": STANDING[one.open > 0, one.open < one.gross],
                "_hidden": back < LATE_ROWS,
            },
        )
