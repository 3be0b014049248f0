"""Pending charges become invoices, and what the ledger has posted is sent."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from portal.demo.clock import Clock
from portal.demo.firm.tax import tax_code
from portal.demo.firm.world import World
from portal.demo.ledgerline.server import Ledgerline
from portal.demo.ledgerline.words import parties
from portal.demo.life.healthy import healthy
from portal.demo.life.lines import invoice_lines
from portal.demo.store import Record, Wanted

MOST, LEAST = 30, 3


LOOKED_AT = 200


class BillingRun:
    """Invoices of one project at a time, the one with most charges first."""

    def __init__(self, billing: Ledgerline, world: World, clock: Clock) -> None:
        self._billing, self._world, self._clock = billing, world, clock
        self._projects = {one.number: one for one in healthy(world)}

    def invoice(self) -> Record | None:
        """Issue one, if enough is pending; the sources are for the PSA to know."""
        pending = self._billing.store.newest("items", Wanted({"status": "pending"}, limit=5000))
        groups: dict[str, list[Record]] = defaultdict(list)
        for row in reversed(pending):
            item = row.record
            groups[item["metadata"].get("project", "")].append(item)
        known = {name: items for name, items in groups.items() if name in self._projects}
        if not known:
            return None
        name = max(known, key=lambda one: (len(known[one]), one))
        items = known[name][:MOST]
        return self._issue(name, items) if len(items) >= LEAST else None

    def _issue(self, project: str, items: list[Record]) -> Record:
        contract = self._world.contracts[self._projects[project].contract]
        customer = self._world.customers[contract.customer]
        now, code = self._clock.now(), tax_code(customer)
        lines = invoice_lines(items, code, contract.entity, self._projects[project].name)
        sums = {name: sum(line[name] for line in lines) for name in ("net", "tax")}
        with self._billing.store:
            made = self._billing.make(
                "invoices",
                {
                    "object": "invoice",
                    "number": self._number(contract.entity),
                    "status": "issued",
                    **parties(self._world, contract),
                    "customer_name": customer.name,
                    "contract_version": contract.latest.number,
                    "contract_type": contract.type,
                    "project": project,
                    "po": contract.po,
                    "issue_date": str(now.date()),
                    "due_date": str(now.date() + timedelta(days=contract.terms)),
                    "terms_days": contract.terms,
                    "drafted_at": int(now.timestamp()) - 60,
                    "issued_at": int(now.timestamp()),
                    "sent_at": None,
                    "amount": sums["net"],
                    **sums,
                    "gross": sums["net"] + sums["tax"],
                    "ledger": {"status": "open", "posted_at": None},
                    "lines": lines,
                },
            )
            for item in items:
                self._billing.save(
                    "items", item | {"status": "invoiced", "invoice": made["number"]}
                )
            self._billing.tell("invoice.issued", made)
        return made

    def _number(self, entity: str) -> str:
        prefix, year = entity.removeprefix("MC-"), self._clock.now().year
        head = f"{prefix}-{year}-"
        held = sum(one.number.startswith(head) for one in self._world.invoices)
        return f"{head}{self._billing.store.next(head, start=held + 1):06}"

    def send(self, posted: set[str]) -> None:
        """What the ledger has posted goes to the customer."""
        rows = self._billing.store.newest("invoices", Wanted({"status": "issued"}, limit=LOOKED_AT))
        for row in rows:
            invoice = row.record
            if invoice["sent_at"] is None and invoice["number"] in posted:
                now = int(self._clock.now().timestamp())
                ledger = {"status": "posted", "posted_at": now}
                self._billing.save("invoices", invoice | {"sent_at": now, "ledger": ledger})
