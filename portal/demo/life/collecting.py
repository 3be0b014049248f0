"""Customers go on paying, and the ledger applies what they pay."""

from __future__ import annotations

from portal.demo.clock import Clock, stamp
from portal.demo.life.healthy import SPARED
from portal.demo.northbook.server import Northbook
from portal.demo.store import Record, Wanted

LOOKED_AT = 1000
COPIED = (
    "company",
    "customer_number",
    "project_code",
    "psa_number",
    "contract_number",
    "contract_type",
    "region",
    "business_unit",
    "currency",
)


class Collecting:
    """One open item at a time, the one that is due first."""

    def __init__(self, erp: Northbook, clock: Clock) -> None:
        self._erp, self._clock = erp, clock

    def pay(self) -> None:
        """A payment arrives and is applied."""
        rows = self._erp.store.changed("receivables", Wanted({"status": "open"}, limit=LOOKED_AT))
        owed = [row.record for row in rows]
        owed = [one for one in owed if one["customer_number"] not in SPARED]
        if not owed:
            return
        item = min(owed, key=lambda one: (one["due_on"], one["id"]))
        now = self._clock.now()
        with self._erp.store:
            payment = self._received(item)
            self._erp.writer.apply(
                {
                    "payment": payment["id"],
                    "credit_memo": None,
                    "document_number": item["document_number"],
                    **{name: item[name] for name in COPIED},
                    "amount": item["open_amount"],
                },
                now=now,
            )

    def _received(self, item: Record) -> Record:
        now = self._clock.now()
        number = self._erp.store.next("payments", start=900_001)
        made = {
            "id": f"PAY-{number}",
            "company": item["company"],
            "customer_number": item["customer_number"],
            "method": "transfer",
            "currency": item["currency"],
            "amount": item["open_amount"],
            "unapplied_amount": item["open_amount"],
            "received_on": str(now.date()),
            "received_at": stamp(now),
            "value_date": str(now.date()),
            "bank_reference": f"BNK{number * 13}",
            "remittance": item["document_number"],
            "status": "settled",
        }
        return self._erp.save("payments", made)

    def posted(self) -> set[str]:
        """Numbers of the documents in the ledger."""
        rows = self._erp.store.newest("postings", Wanted({}, limit=LOOKED_AT))
        return {row.record["document_number"] for row in rows}

    def applied(self) -> set[str]:
        """Numbers of the credit memos that the ledger has applied."""
        rows = self._erp.store.newest("credit_memos", Wanted({"status": "applied"}, limit=200))
        return {row.record["number"] for row in rows}
