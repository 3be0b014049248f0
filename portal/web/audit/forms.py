"""The filter of the audit log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from governance.audit.models import AuditEntry
from portal.accounts.models import User


class ChangeField(forms.CharField):
    """A change request as people write it: `CR-0012` or `12`."""

    def clean(self, value: Any) -> int | None:
        """Its number."""
        text = str(super().clean(value)).upper().removeprefix("CR-")
        if not text:
            return None
        if not text.isdecimal() or len(text) > 9:
            raise forms.ValidationError("Give a number such as CR-0012.")
        return int(text)


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class FilterForm(forms.Form):
    """Every field narrows; an empty one does not. Days are the reader's."""

    who = forms.CharField(
        label="Who", required=False, max_length=200, widget=forms.TextInput(attrs={"size": 14})
    )
    action = forms.ChoiceField(label="Action", required=False)
    subject = forms.CharField(
        label="Subject",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"placeholder": "name, or kind:id", "size": 16}),
    )
    domain = forms.ChoiceField(label="Domain", required=False)
    change = ChangeField(
        label="Change request",
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "CR-0012", "size": 9}),
    )
    first = _day("From")
    last = _day("To")

    def __init__(self, data: Any, *, actions: list[str], domains: list[str]) -> None:
        super().__init__(data, auto_id="f-%s")
        self._offer("action", "Any action", actions)
        self._offer("domain", "Any domain", domains)

    def _offer(self, name: str, nothing: str, values: list[str]) -> None:
        choices = [("", nothing), *((value, value) for value in values)]
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The two days in order."""
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", "This day is before the first one.")
        return given

    def narrow(self, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The rows that fit; none while a field is wrong."""
        if not self.is_valid():
            return rows.none()
        for name, value in self.chosen().items():
            rows = rows.filter(NARROW[name](value))
        return rows

    def chosen(self) -> dict[str, Any]:
        """The fields that narrow."""
        return {name: value for name, value in self.cleaned_data.items() if value}


def _who(text: str) -> Q:
    """By the name or the user name of the actor, or of whom they stood in for."""
    people = User.objects.filter(username__icontains=text).values("pk")
    named = Q(by_label__icontains=text) | Q(on_behalf_of__icontains=text)
    return named | Q(by_id__in=people)


def _subject(text: str) -> Q:
    kind, colon, key = text.partition(":")
    exact = Q(subject_type=kind, subject_id=key) if colon else Q(subject_type=text)
    return Q(subject_label__icontains=text) | exact


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


NARROW: dict[str, Callable[[Any], Q]] = {
    "who": _who,
    "action": lambda value: Q(action=value),
    "subject": _subject,
    "domain": lambda value: Q(domain=value),
    "change": lambda value: Q(change_request=value),
    "first": lambda value: Q(at__gte=_midnight(value)),
    "last": lambda value: Q(at__lt=_midnight(value + timedelta(days=1))),
}
