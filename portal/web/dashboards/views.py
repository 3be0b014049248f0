"""The finance leader's figures, and the list behind each of them."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from governance import clock
from integrations.sla import queries
from integrations.sla.adherence import adherence
from portal.access import scopes
from portal.web.dashboards import choosing, exporting
from portal.web.dashboards.ages import ages
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.blocking import blocking
from portal.web.dashboards.days import days, heat
from portal.web.dashboards.defining import definitions
from portal.web.dashboards.freshness import systems
from portal.web.dashboards.listing import listing
from portal.web.dashboards.lists import LISTS
from portal.web.dashboards.mismatched import mismatches
from portal.web.dashboards.rolled import rolled
from portal.web.dashboards.tiles import tiles
from portal.web.dashboards.tokens import tokens
from portal.web.shell.access import SignedIn, requires
from portal.web.shell.pages import page
from portal.web.shell.paging import unpaged

VIEW = "integrations.view_sla"


@require_GET
@requires(VIEW)
def dashboard(request: SignedIn) -> HttpResponse:
    """Project to cash in numbers, as of now."""
    now = clock.now()
    asked = Asked.read(request.GET, domains=scopes.money(request.user), now=now)
    found = queries.dashboard(asked.filters, now=now, more=(adherence,))
    context = {
        "asked": asked,
        "now": now,
        "chips": choosing.chips(asked),
        "tiles": tiles(found, asked),
        "definitions": definitions(found.figures.values()),
        "systems": systems(found.feeds),
        "fx_url": asked.page(constant_fx="" if asked.filters.constant_fx else "1"),
        "found": found,
        "days": days(found, asked),
        "heat": heat(found, asked),
        "ages": ages(found, asked),
        "blocking": blocking(found, asked, request.user),
        "mismatches": mismatches(found, asked, now),
        "rolled": rolled(found, asked),
    }
    return page(request, "dashboards/dashboard.html", context=context)


@require_GET
@requires(VIEW)
def behind(request: SignedIn, slug: str) -> HttpResponse:
    """The rows that a number sums."""
    asked, now = _asked(request, slug)
    found = listing(slug, asked, person=request.user, params=request.GET, now=now)
    context = {
        "asked": asked,
        "now": now,
        "found": found,
        "tokens": tokens(slug, asked, request.user),
        "query": unpaged(request.GET),
        "sort_url": asked.within(slug, sort="" if asked.sort == "amount" else "amount"),
    }
    return page(request, "dashboards/list.html", fragment="dashboards/_list.html", context=context)


@require_GET
@requires(VIEW)
def export(request: SignedIn, slug: str) -> HttpResponseBase:
    """All of these rows as a file."""
    asked, now = _asked(request, slug)
    return exporting.export(slug, asked, person=request.user, params=request.GET, now=now)


def _asked(request: SignedIn, slug: str) -> tuple[Asked, datetime]:
    if slug not in LISTS:
        raise Http404
    now = clock.now()
    return Asked.read(request.GET, domains=scopes.money(request.user), now=now), now
