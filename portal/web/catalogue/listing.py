"""Every row of one kind, and the same as a file."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from governance.approvals.kinds import KINDS, Kind, by_plural
from governance.ownership.lifecycle import Status
from portal.web.catalogue import presenting
from portal.web.shell import saved, tabular
from portal.web.shell.access import SignedIn, requires
from portal.web.shell.pages import page
from portal.web.shell.paging import keyset, unpaged
from portal.web.shell.words import word_of

VIEW = "governance.view_registry"
TITLES = ("slug", "name", "description", "domain", "status", "revision", "active since", "digest")


def kind_of(plural: str) -> tuple[str, Kind]:
    """The kind by its plural in the address, or 404."""
    name = by_plural(plural)
    if name is None:
        raise Http404
    return name, KINDS[name]


def _asked(request: SignedIn, kind: Kind) -> Any:
    model: Any = kind.model
    rows = model.objects.select_related("domain") if _owned(kind) else model.objects.all()
    text, status = request.GET.get("q", "").strip(), request.GET.get("status", "")
    if text:
        rows = rows.filter(Q(slug__icontains=text) | Q(name__icontains=text))
    return rows.filter(status=status) if status in list(Status) else rows


def _owned(kind: Kind) -> bool:
    return hasattr(kind.model, "domain")


@require_GET
@requires(VIEW)
def kind_list(request: SignedIn, plural: str) -> HttpResponse:
    """By slug."""
    name, kind = kind_of(plural)
    context = {
        "title": presenting.plural_label(name),
        "plural": plural,
        "found": keyset(_asked(request, kind), order=["slug"], params=request.GET),
        "owned": _owned(kind),
        "q": request.GET.get("q", "").strip(),
        "status": request.GET.get("status", ""),
        "statuses": list(Status),
        "query": unpaged(request.GET),
        "saved": saved.of(request, f"catalogue-kind/{plural}"),
    }
    return page(request, "catalogue/list.html", fragment="catalogue/_rows.html", context=context)


@require_GET
@requires(VIEW)
def export(request: SignedIn, plural: str) -> HttpResponseBase:
    """In the order of the page."""
    _, kind = kind_of(plural)
    rows = _asked(request, kind).order_by("slug").iterator(chunk_size=tabular.BATCH)
    lines = (_line(row, owned=_owned(kind)) for row in rows)
    return tabular.export(request.GET, name=plural, titles=TITLES, rows=lines)


def _line(row: Any, *, owned: bool) -> tuple[tabular.Cell, ...]:
    domain = row.domain.name if owned and row.domain else "the firm" if owned else ""
    what = (row.slug, row.name, row.description, domain)
    return (*what, word_of(row.status), row.revision, row.activated_at, row.digest)
