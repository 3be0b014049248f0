"""A person's own settings: tokens of their automations, time zone, e-mail, looks, roles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import clock
from governance.errors import GovernanceError
from governance.notifications.queries import mailed
from governance.notifications.services import choose_mail
from portal.access import tokens
from portal.accounts.models import ApiToken
from portal.web.settings import reach
from portal.web.settings.forms import MailForm, TokenForm, ZoneForm
from portal.web.shell.access import SignedIn, signed_in
from portal.web.shell.pages import page
from portal.web.shell.paging import keyset

TOKENS = 20


@require_GET
@signed_in
def settings(request: SignedIn) -> HttpResponse:
    """Everything on one page; the tokens newest first."""
    return _shown(request)


def _shown(
    request: SignedIn,
    zone: ZoneForm | None = None,
    mail: MailForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    rows = ApiToken.objects.filter(user=request.user)
    found = keyset(rows, order=["-id"], params=request.GET, size=TOKENS)
    context: dict[str, Any] = {
        "found": found,
        "held": [reach.held(one, now=now) for one in found.rows],
        "roles": reach.roles(request.user),
        "zone": zone or ZoneForm(held=request.user.time_zone),
        "mail": mail or MailForm(held=mailed(request.user)),
        "now": now,
    }
    return page(request, "settings/settings.html", context=context, status=status)


@require_POST
@signed_in
def time_zone(request: SignedIn) -> HttpResponse:
    """From the next page on, times are told in this zone."""
    form = ZoneForm(request.POST, held=request.user.time_zone)
    if not form.is_valid():
        return _shown(request, form, status=422)
    request.user.time_zone = form.cleaned_data["time_zone"]
    request.user.save(update_fields=["time_zone"])
    messages.success(request, f"Times are told in {request.user.time_zone}.")
    return redirect("settings")


@require_POST
@signed_in
def mail(request: SignedIn) -> HttpResponse:
    """From the next notice on, these kinds come by e-mail."""
    form = MailForm(request.POST, held=mailed(request.user))
    if not form.is_valid():
        return _shown(request, mail=form, status=422)
    choose_mail(by=request.user, kinds=form.cleaned_data["kinds"])
    messages.success(request, "Saved. The inbox gets everything in any case.")
    return redirect("settings")


@require_http_methods(["GET", "POST"])
@never_cache
@signed_in
def new_token(request: SignedIn) -> HttpResponse:
    """The answer to a good form is the only page that ever holds the secret."""
    form = TokenForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            token, secret = tokens.create(
                by=request.user,
                name=given["name"],
                scopes=given["scopes"],
                domains=given["domains"],
                expires_at=given["expires_on"],
                now=clock.now(),
            )
        except GovernanceError as error:
            form.add_error(None, str(error))
        else:
            made = reach.held(token, now=clock.now())
            context = {"token": token, "may": made.may, "secret": secret}
            return page(request, "settings/made.html", context=context)
    status = 422 if form.is_bound else 200
    return page(request, "settings/token.html", context={"form": form}, status=status)


@require_POST
@signed_in
def revoke(request: SignedIn, pk: int) -> HttpResponse:
    """One's own only."""
    token = get_object_or_404(ApiToken, pk=pk, user=request.user)
    tokens.revoke(token=token, by=request.user, now=clock.now())
    messages.success(request, f"{token.name} is revoked. Its next request is refused.")
    return redirect("settings")
