"""The ERP's collections."""

from __future__ import annotations

KINDS = (
    "companies",
    "cost_centres",
    "customers",
    "projects",
    "periods",
    "fx_rates",
    "postings",
    "receivables",
    "credit_memos",
    "payments",
    "applications",
)


REFS = {
    "customers": "number",
    "projects": "psa_number",
    "postings": "reference",
    "receivables": "document_number",
    "credit_memos": "number",
}


PATCHED = ("customers", "projects")


COMMITS_LATE = ("receivables", "applications")


CORRECTED = {
    "periods": ("status",),
    "projects": ("psa_number", "name", "cost_centre", "billing_rule", "contract_version", "status"),
    "customers": ("payment_terms", "credit_limit", "credit_status", "tax_number"),
    "payments": ("remittance",),
    "credit_memos": ("status", "applied_amount", "open_amount"),
    "receivables": ("due_on",),
}
