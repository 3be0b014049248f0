"""Saved views on the screens: the menu of a list, and the page that keeps them in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from governance import clock
from governance.errors import GovernanceError
from governance.ownership.models import Team
from portal.access import saved_views
from portal.accounts.models import SavedView
from portal.web.shell.access import SignedIn, signed_in
from portal.web.shell.navigation import NAV
from portal.web.shell.pages import page as shown
from portal.web.shell.paging import unpaged


@dataclass(frozen=True, slots=True)
class Entry:
    """One view as a link."""

    view: SavedView
    url: str
    current: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """What the menu of one list draws."""

    page: str
    query: str
    entries: list[Entry]
    teams: list[Team]

    @property
    def leads(self) -> bool:
        """Whether the rail has a place for this list."""
        return any(place.url_name == self.page for place in NAV)

    @property
    def current(self) -> Entry | None:
        """The view whose filters are on."""
        return next((one for one in self.entries if one.current), None)


def of(request: SignedIn, page: str, query: str | None = None) -> Saved:
    """Of the list that the request shows; two queries."""
    now = unpaged(request.GET) if query is None else query
    base = saved_views.address(page)
    rows = saved_views.visible(request.user).filter(page=page).select_related("user")
    entries = [
        Entry(
            one,
            _url(base, one.query),
            _filters(one.query) == _filters(now),
            one.user_id == request.user.pk,
        )
        for one in rows
    ]
    return Saved(page, now, entries, list(saved_views.teams(request.user)))


def _filters(query: str) -> list[tuple[str, list[str]]]:
    """To compare: the order in which an address names them says nothing."""
    return sorted((name, sorted(values)) for name, values in QueryDict(query).lists())


def _sentence(error: GovernanceError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def _url(base: str, query: str) -> str:
    return f"{base}?{query}" if query else base


class ViewForm(forms.Form):
    """A name, for whom, and whether the rail leads there."""

    name = forms.CharField(max_length=80)
    shared_with = forms.CharField(max_length=200, required=False)
    is_default = forms.BooleanField(required=False)


class NewForm(ViewForm):
    """Also which list, filtered how."""

    page = forms.CharField(max_length=120)
    query = forms.CharField(max_length=4000, required=False)


@require_GET
@signed_in
def views(request: SignedIn) -> HttpResponse:
    """Everything that the person sees, their own first with its fields."""
    rows = list(saved_views.visible(request.user).select_related("user"))
    entries = [
        Entry(one, _url(saved_views.address(one.page), one.query), False, one.user == request.user)
        for one in rows
    ]
    context = {
        "mine": [one for one in entries if one.mine],
        "theirs": [one for one in entries if not one.mine],
        "teams": list(saved_views.teams(request.user)),
    }
    return shown(request, "shell/views.html", context=context)


@require_POST
@signed_in
def save(request: SignedIn) -> HttpResponse:
    """Keep the filters of a list, then show it again."""
    form = NewForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the view a name of at most 80 letters.")
        return redirect(_back(request))
    given: dict[str, Any] = form.cleaned_data
    try:
        view = saved_views.keep(by=request.user, now=clock.now(), **given)
    except GovernanceError as error:
        messages.error(request, _sentence(error))
        return redirect(_back(request))
    messages.success(request, f"Saved as “{view.name}”.")
    return redirect(_url(saved_views.address(view.page), view.query))


def _back(request: SignedIn) -> str:
    try:
        return _url(
            saved_views.address(request.POST.get("page", "")), request.POST.get("query", "")
        )
    except GovernanceError:
        return "/"


@require_POST
@signed_in
def change(request: SignedIn, pk: int) -> HttpResponseRedirect:
    """Another name, team or default; or removed."""
    view = get_object_or_404(saved_views.visible(request.user), pk=pk)
    form = ViewForm(request.POST)
    try:
        if "remove" in request.POST:
            saved_views.remove(view, by=request.user)
            messages.success(request, f"Removed “{view.name}”.")
        elif form.is_valid():
            saved_views.change(view, by=request.user, **form.cleaned_data)
            messages.success(request, f"Saved “{view.name}”.")
        else:
            messages.error(request, "Give the view a name of at most 80 letters.")
    except GovernanceError as error:
        messages.error(request, _sentence(error))
    return HttpResponseRedirect(redirect("views").url)
