"""What the ERP accepts into its books; everything else is refused in words of its trade."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from typing import Any

from portal.demo.northbook.postings import TAX_GROUPS
from portal.demo.store import Record, Store, Wanted

ALIKE = 0.9
NEEDED = {
    "postings": (
        "document_type",
        "document_number",
        "company",
        "customer_number",
        "posting_date",
        "currency",
        "net",
        "tax",
        "gross",
        "reference",
        "lines",
    ),
    "projects": ("psa_number", "name", "customer_number", "company", "cost_centre"),
    "customers": ("number", "name", "country", "currency"),
}


class No(Exception):
    """Why not; `status` 409 where it is there already."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Books:
    """Judges what is to be written against what is there. Raises No."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def judge(self, kind: str, given: Record) -> None:
        for name in NEEDED[kind]:
            if given.get(name) in (None, "", []):
                raise No("FIELD_REQUIRED", f"{name} is required")
        {"postings": self._posting, "projects": self._project, "customers": self._customer}[kind](
            given
        )

    def project_of(self, given: Record) -> Record:
        """By ERP code, or by the number that the PSA gave it."""
        code, number = given.get("project_code"), given.get("psa_number")
        found = self._store.get("projects", str(code)) if code else None
        if found is None and number:
            found = next(iter(self._store.by_ref("projects", str(number))), None)
        if found is None:
            raise No("PROJECT_UNKNOWN", f"Project {code or number} is unknown")
        return found

    def _posting(self, given: Record) -> None:
        number = given["document_number"]
        if self._store.by_ref("postings", str(given["reference"])):
            raise No("DUPLICATE", f"{number} is posted already", status=409)
        if not self._store.by_ref("customers", str(given["customer_number"])):
            raise No("CUSTOMER_UNKNOWN", f"Customer {given['customer_number']} is unknown")
        project = self.project_of(given)
        if project["billing_rule"] is None:
            raise No("NO_BILLING_RULE", f"Project {project['code']} has no billing rule")
        _tax_groups(given["lines"])
        _totals(given)
        period = self._store.get("periods", f"{given['company']}.{given['posting_date'][:7]}")
        if period is None or period["status"] != "open":
            raise No(
                "PERIOD_CLOSED",
                f"Fiscal period {given['posting_date'][:7]} of {given['company']} is closed; "
                "post into an open period or ask for it to be reopened",
            )

    def _project(self, given: Record) -> None:
        if self._store.by_ref("projects", str(given["psa_number"])):
            raise No("DUPLICATE", f"{given['psa_number']} is there already", status=409)
        self._customer_known(given)
        if self._store.get("cost_centres", str(given["cost_centre"])) is None:
            raise No("COST_CENTRE_UNKNOWN", f"Cost centre {given['cost_centre']} is unknown")
        same = Wanted({"customer_number": given["customer_number"]})
        for row in self._store.changed("projects", same):
            held = row.record
            alike = SequenceMatcher(None, held["name"].lower(), given["name"].lower()).ratio()
            if held["psa_number"] is None and alike >= ALIKE:
                words = f"{given['name']} looks like {held['code']} {held['name']}"
                raise No("DUPLICATE", words, status=409)

    def _customer(self, given: Record) -> None:
        if self._store.by_ref("customers", str(given["number"])):
            raise No("DUPLICATE", f"Customer {given['number']} is there already", status=409)

    def _customer_known(self, given: Record) -> None:
        if not self._store.by_ref("customers", str(given["customer_number"])):
            raise No("CUSTOMER_UNKNOWN", f"Customer {given['customer_number']} is unknown")


def _tax_groups(lines: list[Record]) -> None:
    for line in lines:
        group = line.get("tax_group")
        if not group:
            raise No("TAX_GROUP_REQUIRED", f"Line {line.get('no')} has no tax group")
        if group not in TAX_GROUPS:
            raise No("TAX_GROUP_UNKNOWN", f"Line {line.get('no')}: tax group {group} is unknown")


def _totals(given: Record) -> None:
    net, tax, gross = (money(given[name], name) for name in ("net", "tax", "gross"))
    lines = given["lines"]
    nets = sum((money(line.get("net"), "net") for line in lines), Decimal(0))
    taxes = sum((money(line.get("tax"), "tax") for line in lines), Decimal(0))
    if (nets, taxes, nets + taxes) != (net, tax, gross):
        words = f"Lines add up to {nets} and {taxes}, the document says {net}, {tax} and {gross}"
        raise No("TOTALS_DIFFER", words)


def money(value: Any, name: str) -> Decimal:
    """Raises No."""
    try:
        return Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise No("NOT_MONEY", f"{name}: {value!r} is no amount") from None
