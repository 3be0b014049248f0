"""The list of change requests, and the same as a file."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from governance.approvals import queries
from governance.approvals.models import ChangeRequest
from portal.access import scopes
from portal.web.changes.waiting import pending
from portal.web.shell import saved, tabular
from portal.web.shell.access import SignedIn, requires
from portal.web.shell.pages import page
from portal.web.shell.paging import keyset, unpaged
from portal.web.shell.words import word_of

VIEW = "governance.view_change"
GROUPS = {"open": "Open", "mine": "My approvals", "active": "Active", "": "All changes"}
TITLES = ("change", "title", "state", "class", "domain", "opened by", "opened", "submitted",
          "activates", "closed", "last act")  # fmt: skip


def _asked(request: SignedIn) -> QuerySet[ChangeRequest]:
    group, text = request.GET.get("group", "open"), request.GET.get("q", "").strip()
    rows = queries.listing(group="" if group == "mine" else group, text=text)
    if group == "mine":
        rows = rows.filter(pk__in=[one.pk for one in pending(request)])
    return rows.filter(pk__in=scopes.change_requests(request.user).values("pk"))


@require_GET
@requires(VIEW)
def changes(request: SignedIn) -> HttpResponse:
    """The list, most recently touched first."""
    mine = pending(request)
    context = {
        "found": keyset(_asked(request), order=queries.ORDER, params=request.GET),
        "group": request.GET.get("group", "open"),
        "groups": [
            (key, label, len(mine) if key == "mine" else None) for key, label in GROUPS.items()
        ],
        "q": request.GET.get("q", "").strip(),
        "query": unpaged(request.GET),
        "saved": saved.of(request, "changes"),
        "mine": {one.pk for one in mine},
    }
    return page(request, "changes/list.html", fragment="changes/_rows.html", context=context)


@require_GET
@requires(VIEW)
def export(request: SignedIn) -> HttpResponseBase:
    """In the order of the page."""
    rows = _asked(request).iterator(chunk_size=tabular.BATCH)
    lines = (_line(row) for row in rows)
    return tabular.export(request.GET, name="change-requests", titles=TITLES, rows=lines)


def _line(row: ChangeRequest) -> tuple[tabular.Cell, ...]:
    domain = row.domain.name if row.domain else "the firm"
    who = row.opened_by.label if row.opened_by else ""
    when = (row.opened_at, row.submitted_at, row.scheduled_for, row.closed_at, row.touched_at)
    return (f"CR-{row.pk:04d}", row.title, word_of(row.state), row.risk_class, domain, who, *when)
