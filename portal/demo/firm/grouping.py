"""Lines of an invoice, each with the entries that it bills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from portal.demo.firm.documents import InvoiceLine
from portal.demo.firm.lines import Line
from portal.demo.firm.tax import tax_on

NAMES = {"expense": "Expenses", "milestone": "Milestone"}


def invoice_lines(lines: list[Line], rate: int, project: str) -> Iterator[InvoiceLine]:
    """One for each price of time, one for expenses, one for each milestone."""
    groups: dict[tuple[str, int, str], list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda one: (one.kind != "time", -one.rate, one.id)):
        price = line.rate if line.kind == "time" else 0
        name = line.what if line.kind == "milestone" else ""
        groups[line.kind, price, name].append(line)
    for (kind, price, name), held in groups.items():
        net = sum(line.amount for line in held)
        quarters = sum(line.quarters for line in held) if kind == "time" else 4
        yield InvoiceLine(
            kind=kind,
            what=f"{name or NAMES.get(kind, 'Time')}, {project}",
            quarters=quarters,
            price=price or net,
            net=net,
            tax=tax_on(net, rate),
            first=min(line.day for line in held),
            last=max(line.day for line in held),
            sources=held,
        )
