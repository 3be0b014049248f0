"""The catalogue: what is registered, who owns it, what changed and why."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from governance import clock
from governance.catalog.models import Specification
from integrations.messages.traffic import lately
from portal.web.catalogue import presenting, running
from portal.web.catalogue.listing import kind_of
from portal.web.catalogue.telling import told
from portal.web.shell.access import SignedIn, requires
from portal.web.shell.pages import page
from portal.web.shell.paging import keyset

VIEW = "governance.view_registry"
TABS = ("overview", "document", "history")


@require_GET
@requires(VIEW)
def overview(request: SignedIn) -> HttpResponse:
    """What runs, flow by flow; then every kind with its counts."""
    now = clock.now()
    found = keyset(running.flows(), order=["name", "id"], params=request.GET)
    context = {
        "groups": presenting.shelves(),
        "found": found,
        "lines": running.lines(request.user, found.rows, now=now, traffic=lately(now=now)),
        "now": now,
    }
    return page(request, "catalogue/overview.html", context=context)


@require_GET
@requires(VIEW)
def detail(request: SignedIn, plural: str, slug: str) -> HttpResponse:
    """One row: overview, document, history; as of any day with `?as_of=YYYY-MM-DD`."""
    name, kind = kind_of(plural)
    model: Any = kind.model
    row = model.objects.filter(slug=slug).first()
    if row is None:
        raise Http404
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    as_of = parse_date(request.GET.get("as_of", "") or "0") if _is_day(request) else None
    shown = _as_of(row, as_of) if as_of else row
    context = {
        "kinds": presenting.plural_label(name),
        "kind_name": name,
        "plural": plural,
        "row": row,
        "shown": shown,
        "as_of": as_of,
        "asked": f"&as_of={as_of}" if as_of else "",
        "tab": tab,
        "item": presenting.open_item(row),
        "agreement": presenting.agreement_of(row),
        "related": presenting.related(row) if tab == "overview" else [],
        "told": told(row, request.user, now=clock.now()) if tab == "overview" else {},
        "history": presenting.history(row) if tab == "history" else [],
        "owners": _owners(row),
    }
    return page(request, "catalogue/detail.html", context=context)


def _is_day(request: SignedIn) -> bool:
    try:
        return parse_date(request.GET.get("as_of", "")) is not None
    except ValueError:
        return False


def _as_of(row: Any, day: Any) -> Any:
    """The row as it was at the end of that day in the reader's zone, or None before it existed."""
    end = timezone.make_aware(datetime.combine(day, time.max))
    return row.history.filter(history_date__lte=end).order_by("-history_id").first()


def _owners(row: Any) -> list[Any]:
    domain = row if row.KIND == "domain" else getattr(row, "domain", None)
    if domain is None:
        return []
    return list(domain.seats.select_related("person").order_by("seat", "id"))


@require_GET
@requires(VIEW)
def specification(request: SignedIn, digest: str) -> HttpResponse:
    """A stored specification as text, byte for byte."""
    held = Specification.objects.filter(digest=digest).first()
    if held is None:
        raise Http404
    return HttpResponse(bytes(held.content), content_type="text/plain; charset=utf-8")
