"""Forms of change requests: what was typed stays, errors stand at their field."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms

from governance.approvals.kinds import KINDS
from governance.compatibility.documents import read
from governance.compatibility.engine import BadDocument


class ReasonForm(forms.Form):
    """Why, and the revision that the person saw."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=4000
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class Keys(forms.Field):
    """Any number of short names."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        """As they were sent."""
        return [str(one) for one in value or ()]


class VoteForm(ReasonForm):
    """What the person took note of, item by item."""

    acknowledged = Keys(required=False)


class ScheduleForm(ReasonForm):
    """When it activates, in the reader's zone."""

    at = forms.DateTimeField(
        label="Activates at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )


class CommentForm(forms.Form):
    """A remark, perhaps about one place."""

    text = forms.CharField(
        label="Comment",
        widget=forms.Textarea(attrs={"rows": 3, "data-key": "c"}),
        max_length=8000,
    )
    anchor = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)


class ProposalForm(forms.Form):
    """A list of `{kind, document}` in YAML or JSON."""

    title = forms.CharField(max_length=200)
    description = forms.CharField(
        label="What and why",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=8000,
    )
    items = forms.CharField(
        label="Items",
        help_text="A list of kind and document, in YAML or JSON. Kinds: " + ", ".join(KINDS),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}),
        max_length=2_000_000,
    )

    def clean_items(self) -> list[dict[str, Any]]:
        """The parsed list; a broken text is refused with its line."""
        text = str(self.cleaned_data["items"])
        try:
            return parse_items(text)
        except (BadDocument, ValueError) as error:
            line = getattr(error, "line", None)
            place = f"line {line}: " if line else ""
            raise forms.ValidationError(f"{place}{getattr(error, 'message', error)}") from error


class RevisionForm(ProposalForm):
    """New content for an open request."""

    title = None  # type: ignore[assignment]
    description = None  # type: ignore[assignment]
    note = forms.CharField(label="What changed in this revision", required=False, max_length=4000)
    seen = forms.CharField(widget=forms.HiddenInput)


def parse_items(text: str) -> list[dict[str, Any]]:
    """The list in a text. Raises BadDocument or ValueError."""
    found, _, _ = read(text)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError("give a list of items, each with kind and document")
    return found


def as_text(items: list[dict[str, Any]]) -> str:
    """Items as indented JSON, which is YAML too."""
    plain = [{"kind": one["kind"], "document": one["document"]} for one in items]
    return msgspec.json.format(msgspec.json.encode(plain), indent=2).decode()
