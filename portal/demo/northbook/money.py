"""Payments, what they settle, and credit memos, as the ERP tells them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from portal.demo.clock import stamp
from portal.demo.firm.cash import Payment
from portal.demo.firm.documents import Credit
from portal.demo.firm.world import World
from portal.demo.northbook.postings import about
from portal.demo.northbook.words import LATE_ROWS, Dated, dated, late
from portal.demo.workplan.words import euro


def _payment(one: Payment) -> dict[str, Any]:
    return {
        "id": one.id,
        "company": one.entity,
        "customer_number": one.customer,
        "method": "transfer",
        "currency": one.currency,
        "amount": euro(one.amount),
        "unapplied_amount": euro(one.amount - one.applied),
        "received_on": str(one.received_at.date()),
        "received_at": stamp(one.received_at),
        "value_date": str(one.received_at.date()),
        "bank_reference": f"BNK{880_000 + int(one.id[4:]) * 13}",
        "remittance": one.remittance,
        "status": "settled",
    }


def credit_memos(world: World) -> Iterator[Dated]:
    for place, one in enumerate(world.credits, start=1):
        yield dated(one.applied_at, _credit(world, place, one))


def _credit(world: World, place: int, one: Credit) -> dict[str, Any]:
    invoice = world.numbered[one.invoice]
    return {
        "id": f"ECM-{place:04}",
        "number": one.number,
        "invoice_number": one.invoice,
        **about(world, world.contracts[invoice.contract], invoice),
        "net": euro(one.net),
        "tax": euro(one.tax),
        "gross": euro(one.gross),
        "applied_amount": euro(one.gross),
        "open_amount": "0.00",
        "status": "applied",
        "posted_at": stamp(one.posted_at),
        "applied_at": stamp(one.applied_at),
    }


def payments(world: World) -> Iterator[Dated]:
    last: dict[str, datetime] = {}
    for applied in world.applications:
        if applied.payment:
            last[applied.payment] = applied.applied_at
    for one in world.payments:
        yield dated(last.get(one.id, one.received_at), _payment(one))


def applications(world: World) -> Iterator[Dated]:
    held = world.applications
    for place, one in enumerate(held, start=1):
        invoice = world.numbered[one.invoice]
        back = len(held) - place
        yield dated(
            late(back) or one.applied_at,
            {
                "id": one.id,
                "payment": one.payment,
                "credit_memo": one.credit,
                "document_number": one.invoice,
                **about(world, world.contracts[invoice.contract], invoice),
                "amount": euro(one.amount),
                "applied_at": stamp(one.applied_at),
                "applied_on": str(one.applied_at.date()),
                "status": "applied",
                "_hidden": back < LATE_ROWS,
            },
        )
