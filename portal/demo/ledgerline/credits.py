"""Credit memos, as the billing system tells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.demo.firm.documents import Credit, Invoice
from portal.demo.firm.world import World
from portal.demo.ledgerline.words import CATEGORY, Dated, dated, epoch, parties, percent


def _credit_line(one: Credit, invoice: Invoice) -> dict[str, Any]:
    return {
        "no": 1,
        "kind": "credit",
        "description": f"{one.reason.replace('_', ' ').capitalize()}, {one.invoice}",
        "quantity": "1.00",
        "unit": "C62",
        "unit_price": one.net,
        "net": one.net,
        "tax_category": CATEGORY[invoice.tax_code],
        "tax_code": invoice.tax_code,
        "tax_rate": percent(invoice.tax_code, invoice.entity),
        "tax": one.tax,
        "period_start": str(invoice.lines[0].first),
        "period_end": str(invoice.lines[0].last),
        "sources": [],
    }


def credit_memos(world: World) -> Iterator[Dated]:
    for place, one in enumerate(world.credits, start=1):
        invoice = world.numbered[one.invoice]
        contract = world.contracts[invoice.contract]
        applied = 0 if one.shown_open else one.gross
        changed = one.posted_at if one.shown_open else one.applied_at
        yield dated(
            one.issued_at,
            changed,
            {
                "id": f"cm_{place:08}",
                "object": "credit_memo",
                "number": one.number,
                "status": "issued" if one.shown_open else "applied",
                "invoice": one.invoice,
                **parties(world, contract),
                "project": invoice.project,
                "reason": one.reason,
                "issue_date": str(one.issued_at.date()),
                "issued_at": epoch(one.issued_at),
                "approved_by": one.approver,
                "net": one.net,
                "tax": one.tax,
                "gross": one.gross,
                "applied": applied,
                "remaining": one.gross - applied,
                "ledger": {"status": "posted", "posted_at": epoch(one.posted_at)},
                "lines": [_credit_line(one, invoice)],
            },
        )
