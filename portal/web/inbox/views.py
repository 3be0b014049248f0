"""A person's inbox: what they were told, newest first."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from governance import clock
from governance.notifications import queries, services
from governance.notifications.lifecycle import WORDS, Kind
from governance.notifications.models import Delivery
from portal.web.shell.access import SignedIn, signed_in
from portal.web.shell.pages import page
from portal.web.shell.paging import keyset

LOOKS = {
    Kind.CASE_ESCALATED: ("risk", "bell"),
    Kind.CASE_ASSIGNED: ("review", "queue"),
    Kind.VOTE_ASKED: ("review", "pull"),
    Kind.VOTE_WAITING: ("risk", "wait"),
    Kind.CHANGE_APPROVED: ("active", "yes"),
    Kind.CHANGE_ACTIVE: ("active", "run"),
    Kind.CHANGES_REQUESTED: ("risk", "edit"),
    Kind.CHANGE_ENDED: ("draft", "no"),
    Kind.UNDELIVERED: ("breaking", "mail"),
}
"""Kind → colour and symbol."""
MANY = 200
"""More than a page holds."""


@require_GET
@signed_in
def inbox(request: SignedIn) -> HttpResponse:
    """All, or with `?show=unread` those alone."""
    alone = request.GET.get("show") == "unread"
    rows = queries.inbox(request.user)
    if alone:
        rows = rows.filter(read_at=None)
    found = keyset(rows, order=queries.ORDER, params=request.GET)
    for one in found.rows:
        _dress(one)
    context: dict[str, Any] = {"found": found, "alone": alone}
    return page(request, "inbox/inbox.html", fragment="inbox/_rows.html", context=context)


def _dress(one: Any) -> None:
    """What the row shows beside its words."""
    kind = Kind(one.notification.kind)
    one.look, one.icon = LOOKS[kind]
    one.why = WORDS[kind]


@require_GET
@never_cache
@signed_in
def follow(request: SignedIn, pk: int) -> HttpResponse:
    """Lead to what it is about. It is a link like any other, and whoever follows it has read it."""
    one: Delivery = get_object_or_404(queries.inbox(request.user), pk=pk)
    services.mark_read(by=request.user, ids=[one.pk], now=clock.now())
    return redirect(one.notification.link or reverse("inbox"))


@require_POST
@signed_in
def read(request: SignedIn) -> HttpResponse:
    """Those with the given ids, or all."""
    if "all" in request.POST:
        services.mark_all_read(by=request.user, now=clock.now())
    else:
        given = [int(one) for one in request.POST.getlist("id")[:MANY] if one.isdecimal()]
        ids = [one for one in given if one < 2**63]
        services.mark_read(by=request.user, ids=ids, now=clock.now())
    return redirect("inbox")
