"""What the URL of a dashboard may say."""

from __future__ import annotations

from typing import Any

from django import forms

from integrations.sla.behind import COLUMNS, OWN

GROUPS = (*COLUMNS, *OWN)
SORTS = ("oldest", "amount")
ABOUT = (
    "region",
    "business_unit",
    "legal_entity",
    "customer",
    "project",
    "contract",
    "contract_type",
    "currency",
)
PIECES = ("bucket", "piece", "part", "cause", "stage", "hop")


def _text() -> forms.CharField:
    return forms.CharField(required=False, max_length=120)


class FilterForm(forms.Form):
    """Unreadable parts are left out instead of refused: a URL is not typed by hand."""

    period = _text()
    first = forms.DateField(required=False, label="From")
    last = forms.DateField(required=False, label="To")
    region = _text()
    business_unit = _text()
    legal_entity = _text()
    customer = _text()
    project = _text()
    contract = _text()
    contract_type = _text()
    currency = _text()
    constant_fx = forms.BooleanField(required=False)
    bucket = _text()
    piece = _text()
    part = _text()
    cause = _text()
    stage = _text()
    hop = _text()
    group = forms.ChoiceField(required=False, choices=[(one, one) for one in GROUPS])
    sort = forms.ChoiceField(required=False, choices=[(one, one) for one in SORTS])

    @property
    def told(self) -> dict[str, Any]:
        """What could be read and is not empty."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}
