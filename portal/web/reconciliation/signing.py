"""Signing a period off in the browser."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from governance import clock
from integrations.errors import IntegrationError
from integrations.reconciliation import services
from integrations.reconciliation.models import PeriodSignOff
from integrations.reconciliation.signing import SIGN
from portal.access import scopes
from portal.web.shell.access import SignedIn, requires

DOORS = {"countersign": services.countersign, "refuse": services.refuse}


class PeriodForm(forms.Form):
    """Which days, and what was looked at."""

    begin = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label="To", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label="What you looked at", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )


@require_POST
@requires(SIGN)
def sign(request: SignedIn, pk: int) -> HttpResponse:
    """A refusal is told above the list."""
    row = get_object_or_404(scopes.reconciliations(request.user), pk=pk)
    form = PeriodForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was signed: give both days and what you looked at.")
        return redirect("reconciliation")
    try:
        made = services.sign(
            reconciliation=row, by=request.user, now=clock.now(), **form.cleaned_data
        )
    except IntegrationError as error:
        messages.error(request, str(error))
        return redirect("reconciliation")
    waits = "It waits for a second person." if made.state == "waiting" else "It is signed off."
    messages.success(request, f"{row.name}: {waits}")
    return redirect("reconciliation")


@require_POST
@requires(SIGN)
def decide(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """The second person signs or refuses."""
    if name not in DOORS:
        raise Http404
    mine = scopes.reconciliations(request.user).values("pk")
    row = get_object_or_404(PeriodSignOff, pk=pk, reconciliation__in=mine)
    try:
        DOORS[name](
            sign_off=row, by=request.user, reason=request.POST.get("reason", ""), now=clock.now()
        )
    except IntegrationError as error:
        messages.error(request, str(error))
    return redirect("reconciliation")
