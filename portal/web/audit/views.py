"""The audit log: read it, check its seals, take it along."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Max, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from governance import clock
from governance.audit import services as audit
from governance.audit.models import AuditEntry
from portal.access import scopes
from portal.web.audit import exporting, reading
from portal.web.audit.forms import FilterForm
from portal.web.shell import saved, tabular
from portal.web.shell.access import SignedIn, requires
from portal.web.shell.navigation import address
from portal.web.shell.pages import page
from portal.web.shell.paging import keyset, unpaged

VIEW = reading.VIEW


@require_GET
@requires(VIEW)
def log(request: SignedIn) -> HttpResponse:
    """Decisions, newest first."""
    form, rows = _asked(request)
    found = keyset(rows, order=["-id"], params=request.GET)
    context = {
        "form": form,
        "filtered": form.is_valid() and bool(form.chosen()),
        "found": found,
        "told": [reading.told(one) for one in found.rows],
        "query": unpaged(request.GET),
        "saved": saved.of(request, "audit-log"),
        "seals": reading.sealing(),
        "transactions": address("audit"),
        "now": clock.now(),
    }
    return page(request, "audit/log.html", fragment="audit/_rows.html", context=context)


def _asked(request: SignedIn) -> tuple[FilterForm, QuerySet[AuditEntry]]:
    rows = scopes.audit_entries(request.user)
    form = FilterForm(
        request.GET,
        actions=reading.values(rows, "action"),
        domains=reading.values(rows, "domain"),
    )
    return form, form.narrow(rows)


@require_POST
@requires(VIEW)
def verify(request: SignedIn) -> HttpResponse:
    """Recompute every leaf, root and link now."""
    context: dict[str, Any] = {
        "seals": reading.sealing(),
        "problems": audit.verify(),
        "verified_at": clock.now(),
    }
    return page(request, "audit/verified.html", fragment="audit/_seals.html", context=context)


@require_GET
@requires(VIEW)
def export(request: SignedIn) -> HttpResponseBase:
    """What the filter shows; taking the log along is itself a decision in it."""
    form, rows = _asked(request)
    if not form.is_valid():
        messages.error(request, "Nothing was exported: a field of the filter is wrong.")
        return redirect(f"{reverse('audit-log')}?{unpaged(request.GET)}")
    last = AuditEntry.objects.aggregate(last=Max("id"))["last"] or 0
    rows = rows.filter(pk__lte=last)
    audit.record(
        "audit_log.exported",
        subject=request.user,
        by=request.user,
        after={
            "filter": {name: str(value) for name, value in form.chosen().items()},
            "rows": rows.count(),
            "up_to": last,
        },
    )
    return tabular.export(
        request.GET, name="audit-log", titles=exporting.TITLES, rows=exporting.lines(rows)
    )
