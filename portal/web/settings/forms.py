"""Forms of a person's own settings."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils import timezone

from governance import clock
from governance.notifications.lifecycle import WORDS, Kind
from portal.access.tokens import LONGEST
from portal.accounts.models import ApiToken, User
from portal.web.settings import reach

LIFE = timedelta(days=90)
"""What a new token is offered to live."""


@cache
def zones() -> list[tuple[str, str]]:
    """Places by name, with UTC first; the historical aliases left out."""
    places = sorted(
        name
        for name in available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]


class ZoneForm(forms.Form):
    """The zone in which every page tells times."""

    time_zone = forms.ChoiceField(label="Time zone", choices=zones)

    def __init__(self, data: Any = None, *, held: str) -> None:
        super().__init__(data)
        self.fields["time_zone"].initial = held


class MailForm(forms.Form):
    """Which kinds of notices come by e-mail, too."""

    kinds = forms.MultipleChoiceField(
        label="Send me a mail when",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[(kind.value, words) for kind, words in WORDS.items() if kind != Kind.UNDELIVERED],
        help_text="Everything comes to your inbox in any case.",
    )

    def __init__(self, data: Any = None, *, held: dict[Kind, bool]) -> None:
        super().__init__(data)
        self.fields["kinds"].initial = [kind.value for kind, wanted in held.items() if wanted]


class TokenForm(forms.Form):
    """What a new token may do, where, and until when."""

    name = forms.CharField(
        max_length=100, help_text="What uses it, such as “nightly export of the data office”."
    )
    scopes = forms.MultipleChoiceField(
        label="It may",
        widget=forms.CheckboxSelectMultiple,
        choices=[(scope.value, words) for scope, words in reach.SCOPES.items()],
        error_messages={"required": "Choose at least one."},
    )
    domains = forms.MultipleChoiceField(
        label="In these domains", widget=forms.CheckboxSelectMultiple, required=False
    )
    expires_on = forms.DateField(
        label="Last day",
        help_text=f"At most {LONGEST.days} days from now. It ends with that day.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by = by
        self.fields["domains"].choices = reach.domains(by)  # type: ignore[attr-defined]
        self.fields["expires_on"].initial = timezone.localdate(clock.now()) + LIFE

    def clean_name(self) -> str:
        """Unused among the live ones, so that a form sent twice does not make two tokens."""
        name = str(self.cleaned_data["name"]).strip()
        if reach.live(ApiToken.objects.filter(user=self._by, name=name)).exists():
            raise forms.ValidationError(
                "You have a live token of this name. Revoke it or choose another name."
            )
        return name

    def clean_expires_on(self) -> datetime:
        """The last moment of that day in the person's zone."""
        day = self.cleaned_data["expires_on"]
        first = timezone.localdate(clock.now())
        last = first + LONGEST
        if not first <= day < last:
            raise forms.ValidationError(f"Give a day from {first} to {last - timedelta(days=1)}.")
        return timezone.make_aware(datetime.combine(day, time.max))
