"""Lines of a new invoice, grouped by price."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from portal.demo.firm.tax import tax_on, tax_rate
from portal.demo.ledgerline.words import CATEGORY, percent
from portal.demo.store import Record


def invoice_lines(
    items: list[Record], code: str, entity: str, project: str
) -> list[dict[str, Any]]:
    """One for each price of time, and one for each other kind."""
    groups: dict[tuple[str, int], list[Record]] = defaultdict(list)
    for item in items:
        kind = item["metadata"].get("kind", "time")
        quarters = _quarters(item)
        groups[kind, item["amount"] * 4 // quarters if kind == "time" else 0].append(item)
    return [
        _line(number, kind, price, held, code, entity, project)
        for number, ((kind, price), held) in enumerate(sorted(groups.items()), start=1)
    ]


def _line(
    number: int, kind: str, price: int, held: list[Record], code: str, entity: str, project: str
) -> dict[str, Any]:
    net = sum(item["amount"] for item in held)
    quarters = sum(_quarters(item) for item in held) if kind == "time" else 4
    days = sorted(item["service_date"] for item in held)
    return {
        "no": number,
        "kind": kind,
        "description": f"{kind.capitalize()}, {project}",
        "quantity": f"{quarters / 4:.2f}",
        "unit": "HUR" if kind == "time" else "C62",
        "unit_price": price or net,
        "net": net,
        "tax_category": CATEGORY[code],
        "tax_code": code,
        "tax_rate": percent(code, entity),
        "tax": tax_on(net, tax_rate(code, entity)),
        "period_start": days[0],
        "period_end": days[-1],
        "sources": [
            {
                "kind": kind,
                "id": item["external_reference"],
                "quantity": f"{_quarters(item) / 4:.2f}",
                "amount": item["amount"],
            }
            for item in held
        ],
    }


def _quarters(item: Record) -> int:
    return round(float(item["metadata"].get("hours", "1.00")) * 4)
