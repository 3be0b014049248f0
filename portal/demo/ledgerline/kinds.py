"""The billing system's collections."""

from __future__ import annotations

PREFIX = {
    "customers": "cus",
    "contracts": "con",
    "schedules": "sch",
    "items": "ili",
    "invoices": "inv",
    "credit_memos": "cm",
    "events": "evt",
}


REFS = {
    "customers": "external_reference",
    "contracts": "number",
    "schedules": "number",
    "items": "external_reference",
    "invoices": "number",
    "credit_memos": "number",
    "receipts": "receipt",
}
"""Receipts are those of invoiced expenses: billing's own memory, not shown."""


SINGULAR = {"customers": "customer", "items": "item", "contracts": "contract"}


CORRECTED = {
    "contracts": ("version", "effective_from", "rates", "status"),
    "schedules": ("period_end", "billable_on", "status"),
    "credit_memos": ("status", "applied", "remaining"),
    "customers": ("name", "email", "country"),
    "invoices": ("status",),
}
