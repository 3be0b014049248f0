"""What a posting, a new project or a new customer changes in the ERP's books."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.demo.clock import stamp
from portal.demo.firm.fx import fx_rate
from portal.demo.northbook.rules import Books, No, money
from portal.demo.store import Record, Store

COPIED = ("document_type", "document_number", "reference", "company", "customer_number", "currency")
SPREAD = ("contract_number", "contract_type", "region", "business_unit")


class Writer:
    """Every write is judged first. Raises No."""

    def __init__(self, store: Store) -> None:
        self._store, self._books = store, Books(store)

    def create(self, kind: str, given: Record, *, now: datetime) -> Record:
        with self._store:
            self._books.judge(kind, given)
            makers = {"postings": self._posting, "projects": self._project}
            return makers.get(kind, self._customer)(given, now)

    def save(self, kind: str, record: Record, *, now: datetime) -> Record:
        """A changed record, with the amounts that follow from others."""
        if kind == "receivables":
            opened = sum_of(record, "original_amount") - sum_of(record, "credited_amount")
            opened -= sum_of(record, "applied_amount")
            record["open_amount"] = f"{opened:.2f}"
            whole = opened == sum_of(record, "original_amount")
            record["status"] = "cleared" if not opened else "open" if whole else "partial"
        return self._put(kind, record, now)

    def apply(self, application: Record, *, now: datetime) -> Record:
        """An application, and what it leaves open on both sides."""
        amount = sum_of(application, "amount")
        for receivable in self._store.by_ref("receivables", application["document_number"]):
            field = "credited_amount" if application.get("credit_memo") else "applied_amount"
            receivable[field] = f"{sum_of(receivable, field) + amount:.2f}"
            self.save("receivables", receivable, now=now)
        payment = self._store.get("payments", str(application.get("payment")))
        if payment:
            payment["unapplied_amount"] = f"{sum_of(payment, 'unapplied_amount') - amount:.2f}"
            self._put("payments", payment, now)
        number = self._store.next("applications", start=900_001)
        made = {"id": f"APP-{number}", **application, "status": "applied"}
        made |= {"applied_at": stamp(now), "applied_on": str(now.date())}
        return self._put("applications", made, now)

    def _posting(self, given: Record, now: datetime) -> Record:
        project = self._books.project_of(given)
        number = self._store.next("postings", start=900_001)
        day = date.fromisoformat(given["posting_date"])
        made = {
            "id": f"V-{number}",
            "voucher": f"V-{number}",
            **{name: given[name] for name in COPIED},
            **self._about(given, project),
            "period": given["posting_date"][:7],
            "posted_at": stamp(now),
            **{name: f"{money(given[name], name):.2f}" for name in ("net", "tax", "gross")},
            "fx_rate": fx_rate(given["currency"], day),
            "status": "posted",
        }
        self._put("postings", made, now)
        if given["document_type"] == "invoice":
            self._receivable(number, made, given, now)
        else:
            self._credit(number, made, given, now)
        return made

    def _about(self, given: Record, project: Record) -> dict[str, Any]:
        return {
            "project_code": project["code"],
            "psa_number": project["psa_number"] or given.get("psa_number"),
            **{name: given.get(name) for name in SPREAD},
        }

    def _receivable(self, number: int, posting: Record, given: Record, now: datetime) -> None:
        copied = ("document_type", "document_number", "company", "customer_number", "currency")
        spread = ("project_code", "psa_number", *SPREAD)
        made = {
            "id": f"AR-{number}",
            **{name: posting[name] for name in (*copied, *spread)},
            "original_amount": posting["gross"],
            "credited_amount": "0.00",
            "applied_amount": "0.00",
            "open_amount": posting["gross"],
            "due_on": given.get("due_on"),
            "posted_at": stamp(now),
            "status": "open",
        }
        self._put("receivables", made, now)

    def _credit(self, number: int, posting: Record, given: Record, now: datetime) -> None:
        invoice = str(given.get("invoice_number", ""))
        if not self._store.by_ref("receivables", invoice):
            raise No("INVOICE_UNKNOWN", f"Invoice {invoice} has no open item")
        spread = ("company", "customer_number", "project_code", "psa_number", "currency", *SPREAD)
        about = {name: posting[name] for name in spread}
        self._put(
            "credit_memos",
            {
                "id": f"ECM-{number}",
                "number": posting["document_number"],
                "invoice_number": invoice,
                **about,
                **{name: posting[name] for name in ("net", "tax", "gross")},
                "applied_amount": posting["gross"],
                "open_amount": "0.00",
                "status": "applied",
                "posted_at": stamp(now),
                "applied_at": stamp(now),
            },
            now,
        )
        self.apply(
            {
                "payment": None,
                "credit_memo": posting["document_number"],
                "document_number": invoice,
                **about,
                "amount": posting["gross"],
            },
            now=now,
        )

    def _project(self, given: Record, now: datetime) -> Record:
        code = f"P-{self._store.next('projects', start=71_001)}"
        made = {
            "id": code,
            "code": code,
            **{
                name: given.get(name)
                for name in (
                    "psa_number",
                    "name",
                    "customer_number",
                    "company",
                    "cost_centre",
                    "contract_number",
                    "contract_version",
                    "billing_rule",
                )
            },
            "status": "active",
            "activated_at": stamp(now),
        }
        return self._put("projects", made, now)

    def _customer(self, given: Record, now: datetime) -> Record:
        made = {
            "id": str(self._store.next("customers", start=4901)),
            **{name: given[name] for name in ("number", "name", "country", "currency")},
            "payment_terms": "NET30",
            "credit_limit": "250000.00",
            "credit_status": "ok",
            "tax_number": given.get("tax_number"),
        }
        return self._put("customers", made, now)

    def _put(self, kind: str, record: Record, now: datetime) -> Record:
        record["modified_at"] = stamp(now)
        return self._store.put(kind, record, changed_at=record["modified_at"])


def sum_of(record: Record, field: str) -> Decimal:
    return Decimal(str(record.get(field) or "0"))
