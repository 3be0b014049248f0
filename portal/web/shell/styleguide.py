"""The sheet of all components: values that show every state of each."""

from datetime import timedelta
from typing import Any

from django import forms

from governance import clock
from portal.web.shell.paging import Page
from portal.web.shell.search import Hit
from portal.web.shell.words import STATES


class SampleForm(forms.Form):
    tax_code = forms.CharField(label="ERP tax code", help_text="From ERP, read 10:19")
    valid_from = forms.CharField(label="Valid from")
    basis = forms.ChoiceField(label="Tax basis", choices=[("net", "net"), ("gross", "gross")])
    reason = forms.CharField(label="Reason", widget=forms.Textarea, required=False)
    sure = forms.BooleanField(label="I acknowledge: poNumber is not checked")


def context() -> dict[str, Any]:
    """Everything that the sheet draws."""
    now = clock.now()
    return {
        "now": now,
        "soon": now + timedelta(hours=1, minutes=12),
        "late": now - timedelta(hours=3),
        "form": _wrong_form(),
        "approval": SampleForm(prefix="approval"),
        "states": sorted(STATES),
        "rows": _rows(),
        "minor": 1_240_000,
        "total": 1_558_833_50,
        "tokens": [
            {"name": "state", "value": "open", "without": "?role=steward"},
            {"name": "role", "value": "steward", "without": "?state=open"},
        ],
        "hits": [Hit("INV-24817", "#", "invoice")],
        "page": Page[Any](rows=[], previous="?before=x", next="?after=x"),
        "document": {"InvoiceNumber": "INV-24817", "Lines": [{"Net": "7980.00", "Tax": None}]},
        "digest": "9f2c41d0aa0e4be1c07d11e8a9c3a1b2c3d4e5f60718293a4b5c6d7e8f901234",
    }


def _wrong_form() -> SampleForm:
    form = SampleForm({"tax_code": "V20", "valid_from": "31 Nov 2026", "basis": "net", "sure": "1"})
    form.add_error("valid_from", "November has 30 days. Give a date up to 30 Nov 2026.")
    form.add_error(None, "Revision 4 appeared while you read; nothing was saved.")
    return form


def _rows() -> list[dict[str, Any]]:
    return [
        {"title": "Invoices API 3.0.0: net amount becomes gross", "sub": "CR-0148 · Your vote",
         "verdict": "breaking", "risk": "R3", "minor": 119_735_500},
        {"title": "Customer tax status: author moves from CRM to ERP", "sub": "CR-0151 · 1 of 3",
         "verdict": "not_checked", "risk": "R3", "minor": 36_148_000},
        {"title": "Projects PSA → ERP: settle within 2 h", "sub": "CR-0153 · Consent",
         "verdict": "risky", "risk": "R2", "minor": 7},
    ]  # fmt: skip
