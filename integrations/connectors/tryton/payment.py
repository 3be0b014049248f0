"""Booking a payment on an invoice: a wizard of three calls, of which only the last has an effect.

The write's body: `invoice` (id), `amount` (Decimal), `date` (ISO), `currency` (id, optional). Our
reference becomes the description of the journal entry, where it is found again. The connection has
the variables `company` and `payment_method` (ids).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from integrations.connectors.encoding import plain
from integrations.connectors.places import getter
from integrations.connectors.port import Answer, Write
from integrations.connectors.session import Call, Session
from integrations.connectors.values import encode, unwrapped
from integrations.errors import ConnectorError, NeedsAPerson, UnknownOutcome

if TYPE_CHECKING:
    from decimal import Decimal

WIZARD = "wizard.account.invoice.pay"
JSON = {"Content-Type": "application/json"}
ENTRIES = "model.account.move.search_read"


class PayWizard:
    """The hook of the description `tryton-rpc`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def write(self, write: Write) -> Answer:
        invoice = int(self._wanted(write.body, "invoice"))
        context = self._context(invoice)
        key, start, _ = self._call(f"{WIZARD}.create", context)
        try:
            shown = self._call(f"{WIZARD}.execute", key, {}, start, context)
            form = self._form(write, getter("view.defaults")(shown) or {})
            told = self._call(
                f"{WIZARD}.execute", key, {start: form}, "choice", context, writing=True
            )
        finally:
            with suppress(ConnectorError):
                self._call(f"{WIZARD}.delete", key, context)
        if getter("view")(told):
            raise NeedsAPerson(
                f"invoice {invoice}: the amount is not what is left to pay, so the system asks "
                "whether to write off the difference",
                klass="data",
            )
        return self._booked(write)

    def find(self, write: Write) -> Answer | None:
        """The journal entry that our reference describes."""
        said = [["description", "=", write.reference]]
        fields = ["description", "date", "state"]
        rows = self._call(ENTRIES, said, 0, 10, [["id", "ASC"]], fields, self._company()) or []
        if len(rows) > 1:
            raise NeedsAPerson(
                f"{len(rows)} entries carry the reference {write.reference!r}: reverse all but one",
                klass="duplicate",
            )
        if not rows:
            return None
        entry = unwrapped(rows[0])
        return Answer(plain(entry["id"]), 200, entry, existed=True)

    def _booked(self, write: Write) -> Answer:
        found = self.find(write)
        if found is None:
            raise UnknownOutcome("the payment was accepted, and no entry carries its reference")
        return Answer(found.id, 200, found.body)

    def _form(self, write: Write, defaults: dict[str, Any]) -> dict[str, Any]:
        amount: Decimal = self._wanted(write.body, "amount")
        method = self._wanted(self._session.variables, "payment_method")
        kept = {name: value for name, value in defaults.items() if "." not in name}
        own = {
            "amount": amount,
            "date": _day(self._wanted(write.body, "date")),
            "description": write.reference,
            "payment_method": int(method),
        }
        return {**kept, **own}

    @staticmethod
    def _wanted(names: dict[str, Any], name: str) -> Any:
        if names.get(name) in (None, ""):
            raise NeedsAPerson(f"a payment needs {name!r}", klass="data")
        return names[name]

    def _company(self) -> dict[str, Any]:
        return {"company": int(self._wanted(self._session.variables, "company"))}

    def _context(self, invoice: int) -> dict[str, Any]:
        active = {"active_model": "account.invoice", "active_id": invoice, "active_ids": [invoice]}
        return {**self._company(), **active}

    def _call(self, method: str, *params: Any, writing: bool = False) -> Any:
        """The decoded `result`; refusals are read by the description's error rows."""
        body = {"id": 1, "method": method, "params": list(params)}
        content = encode(body, self._session.description.values)
        heard = self._session.call(Call("POST", "/rpc/", [], JSON, content, writing=writing))
        answer = heard.body
        return answer["result"] if isinstance(answer, dict) and "result" in answer else answer


def _day(text: str) -> dict[str, Any]:
    day = date.fromisoformat(text)
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}
