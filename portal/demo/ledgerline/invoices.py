"""Invoices and their lines, as the billing system tells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.demo.firm.documents import Invoice, InvoiceLine
from portal.demo.firm.world import World
from portal.demo.ledgerline.words import CATEGORY, Dated, dated, epoch, parties, percent
from portal.demo.workplan.words import hours


def _line(number: int, line: InvoiceLine, invoice: Invoice) -> dict[str, Any]:
    return {
        "no": number,
        "kind": line.kind,
        "description": line.what,
        "quantity": hours(line.quarters),
        "unit": "HUR" if line.kind == "time" else "C62",
        "unit_price": line.price,
        "net": line.net,
        "tax_category": CATEGORY[invoice.tax_code],
        "tax_code": invoice.tax_code,
        "tax_rate": percent(invoice.tax_code, invoice.entity),
        "tax": line.tax,
        "period_start": str(line.first),
        "period_end": str(line.last),
        "sources": [
            {"kind": one.kind, "id": one.id, "quantity": hours(one.quarters), "amount": one.amount}
            for one in line.sources
        ],
    }


def invoices(world: World) -> Iterator[Dated]:
    for place, one in enumerate(world.invoices, start=1):
        said = (one.drafted_at, one.issued_at, one.posted_at, one.sent_at)
        changed = max(moment for moment in said if moment)
        contract = world.contracts[one.contract]
        yield dated(
            one.drafted_at,
            changed,
            {
                "id": f"inv_{place:08}",
                "object": "invoice",
                "number": one.number,
                "status": "issued" if one.issued_at else "draft",
                **parties(world, contract),
                "customer_name": world.customers[contract.customer].name,
                "contract_version": one.version,
                "contract_type": contract.type,
                "project": one.project,
                "po": contract.po,
                "issue_date": str((one.issued_at or one.drafted_at).date()),
                "due_date": str(one.due),
                "terms_days": contract.terms,
                "drafted_at": epoch(one.drafted_at),
                "issued_at": epoch(one.issued_at),
                "sent_at": epoch(one.sent_at),
                "amount": one.net,
                "net": one.net,
                "tax": one.tax,
                "gross": one.gross,
                "ledger": {
                    "status": "posted" if one.posted_at else "open",
                    "posted_at": epoch(one.posted_at),
                },
                "lines": [
                    _line(number, line, one) for number, line in enumerate(one.lines, start=1)
                ],
            },
        )
