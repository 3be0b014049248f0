"""Now and then something of an invoice is taken back."""

from __future__ import annotations

from typing import Any

from portal.demo.clock import Clock
from portal.demo.firm.dice import Dice
from portal.demo.firm.tax import tax_on, tax_rate
from portal.demo.ledgerline.server import Ledgerline
from portal.demo.store import Record, Wanted

COPIED = (
    "customer",
    "external_customer",
    "entity",
    "contract",
    "project",
    "region",
    "business_unit",
    "currency",
)


class Crediting:
    """Credit memos of billing, and what billing hears of them from the ledger."""

    def __init__(self, billing: Ledgerline, clock: Clock) -> None:
        self._billing, self._clock = billing, clock

    def credit(self, invoice: Record) -> Record:
        """A twentieth of the first line is taken back."""
        line = invoice["lines"][0]
        net = line["net"] // 20
        tax = tax_on(net, tax_rate(line["tax_code"], invoice["entity"]))
        number = self._billing.store.next("credits", start=9001)
        now = self._clock.now()
        with self._billing.store:
            made = self._billing.make(
                "credit_memos",
                {
                    "object": "credit_memo",
                    "number": f"{invoice['number'][:2]}-CM-{now.year}-{number}",
                    "status": "issued",
                    "invoice": invoice["number"],
                    **{name: invoice[name] for name in COPIED},
                    "reason": Dice(f"credit/{number}").pick(("goodwill", "scope")),
                    "issue_date": str(now.date()),
                    "issued_at": int(now.timestamp()),
                    "approved_by": "Helen Ashworth",
                    "net": net,
                    "tax": tax,
                    "gross": net + tax,
                    "applied": 0,
                    "remaining": net + tax,
                    "ledger": {"status": "open", "posted_at": None},
                    "lines": [_credited(line, net, tax, invoice["number"])],
                },
            )
            self._billing.tell("credit_memo.issued", made)
        return made

    def settle(self, applied: set[str]) -> None:
        """What the ledger has applied is applied here too, but for the one that is forgotten."""
        rows = self._billing.store.newest("credit_memos", Wanted({"status": "issued"}, limit=50))
        for row in rows:
            memo = row.record
            if memo["number"] in applied and memo["ledger"]["status"] == "open":
                done = {"status": "applied", "applied": memo["gross"], "remaining": 0}
                self._billing.save("credit_memos", memo | done)


def _credited(line: dict[str, Any], net: int, tax: int, invoice: str) -> dict[str, Any]:
    return line | {
        "no": 1,
        "kind": "credit",
        "description": f"Correction of {invoice}",
        "quantity": "1.00",
        "unit": "C62",
        "unit_price": net,
        "net": net,
        "tax": tax,
        "sources": [],
    }
