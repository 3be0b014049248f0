"""What people fill in to mend a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from integrations.cases import candidate, services
from integrations.cases.entering import document_of
from integrations.cases.models import Case
from integrations.cases.wording import field_name
from integrations.errors import Refused

SNOOZES = {
    "2h": timedelta(hours=2),
    "open": timedelta(0),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "5d": timedelta(days=5),
}
"""Spans of business time; none: until business begins again."""


class Fix(forms.Form):
    """Every fix keeps the case that it mends."""

    def __init__(self, data: Any = None, *, case: Case, prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        self.case = case


class Bare(Fix):
    """Acts that need no words, such as a claim; a reason is kept where one is given."""

    reason = forms.CharField(required=False, max_length=500)


class Reason(Fix):
    """Acts that the history explains."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why: the case's history keeps the reason."},
    )


class Correct(Reason):
    """One canonical field gets another value, judged by the data contract at once."""

    field = forms.ChoiceField(label="Field")
    value = forms.CharField(
        label="New value",
        required=False,
        max_length=2_000,
        help_text="Leave it empty to remove the field.",
    )
    field_order = ("field", "value", "reason")

    def __init__(self, data: Any = None, *, case: Case, prefix: str) -> None:
        super().__init__(data, case=case, prefix=prefix)
        choice: Any = self.fields["field"]
        choice.choices = correctable(case)
        choice.initial = str(case.detail.get("pointer", ""))

    @property
    def changes(self) -> dict[str, str | None]:
        """As the service takes them."""
        return {self.cleaned_data["field"]: self.cleaned_data["value"] or None}

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if "field" in found:
            for message in refusals(self.case, {found["field"]: found.get("value") or None}):
                self.add_error("value", message)
        return found


class Row(Reason):
    """The missing row of a value map."""

    there = forms.CharField(
        label="becomes",
        max_length=200,
        error_messages={"required": "Say which value it becomes in the target."},
    )
    field_order = ("there", "reason")


class Pick(Reason):
    """Which record of the other system it is."""

    source_id = forms.CharField(
        label="Record",
        max_length=200,
        error_messages={"required": "Choose the record that it is."},
    )
    field_order = ("source_id", "reason")


class Seen(Reason):
    """What was seen at the target after an answer was lost."""

    outcome = forms.ChoiceField(
        label="What did you see there?",
        choices=[("found", "It is there"), ("absent", "It is not there")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say what you saw."},
    )
    reference = forms.CharField(label="Its id there", required=False, max_length=200)
    field_order = ("outcome", "reference", "reason")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("outcome") == "found" and not found.get("reference"):
            self.add_error("reference", "Say under which id it is there.")
        return found


class Hand(Bare):
    """Acts of the bar above the case; what is missing is told in a toast."""

    reason = forms.CharField(
        max_length=500, error_messages={"required": "Say why: the case's history keeps the reason."}
    )


class Assign(Hand):
    """To whom."""

    to = forms.CharField(error_messages={"required": "Choose a colleague."})


class Snooze(Hand):
    """Until when, in business time of whoever owns the case."""

    until = forms.ChoiceField(
        choices=[(one, one) for one in SNOOZES],
        error_messages={"required": "Choose until when.", "invalid_choice": "Choose until when."},
    )


FORMS: dict[str, type[Fix]] = {
    "claim": Bare,
    "release": Bare,
    "correct": Correct,
    "row": Row,
    "author": Reason,
    "assign": Assign,
    "snooze": Snooze,
    "unsnooze": Bare,
    "pick": Pick,
    "seen": Seen,
    "replay": Reason,
    "dismiss": Reason,
    "sign": Reason,
    "refuse": Reason,
}


def form_for(name: str, case: Case, data: Any = None) -> Fix:
    """The form of an act; its fields carry the act's name, so that several stand on one page."""
    return FORMS[name](data, case=case, prefix=name)


def correctable(case: Case) -> list[tuple[str, str]]:
    """(JSON Pointer, label) of each field of the data contract but the id."""
    if case.agreement is None:
        return []
    schema = case.agreement.document["contract"]["schema"]
    names = [name for name in schema.get("properties", {}) if name != "id"]
    found = [(f"/{name}", field_name(name)) for name in names]
    pointer = str(case.detail.get("pointer", ""))
    if pointer.count("/") > 1:
        found.insert(0, (pointer, field_name(pointer)))
    return found


def refusals(case: Case, changes: dict[str, str | None]) -> list[str]:
    """Why the data contract refuses the record with these changes; nothing when it is fine."""
    try:
        record = services.preview(case, changes)
        found = candidate.violations(document_of(case), record)
    except Refused as error:
        return [str(error)]
    return [f"{field_name(one.pointer) or 'Record'}: {one.message}" for one in found[:3]]
