"""The queue as a file: exactly what is filtered, streamed."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.views.decorators.http import require_GET

from governance import clock
from integrations.cases import queries
from integrations.cases.lifecycle import WORK
from integrations.cases.models import Case
from integrations.cases.wording import headline
from integrations.errors import Refused
from portal.access import scopes
from portal.access.backend import domains
from portal.web.queue.asking import Asked
from portal.web.shell import tabular
from portal.web.shell.access import SignedIn, requires

TITLES = ("case", "problem", "class", "state", "system", "flow", "record",
          "business key", "customer", "project", "region", "amount",
          "currency", "opened", "due", "owner", "blocked")  # fmt: skip


@require_GET
@requires("integrations.view_case")
def export(request: SignedIn) -> HttpResponseBase:
    """As CSV or Excel; 404 for a search that nobody can read."""
    asked = Asked.read(request.GET)
    try:
        rows = queries.queue(
            scopes.cases(request.user),
            search=asked.search,
            view=asked.view,
            person=request.user.pk,
            domains=domains(request.user, WORK),
            now=clock.now(),
        )
    except Refused as error:
        raise Http404(str(error)) from error
    lines = (_line(case) for case in rows.iterator(chunk_size=tabular.BATCH))
    return tabular.export(request.GET, name="exception-queue", titles=TITLES, rows=lines)


def _line(case: Case) -> tuple[tabular.Cell, ...]:
    return (
        case.pk, headline(case), case.klass, case.state, case.system,
        case.flow.name if case.flow else "", case.message.key if case.message else "",
        case.business_key, case.customer, case.project, case.region,
        tabular.major(case.amount_minor, case.currency), case.currency,
        case.opened_at, case.due_at, case.claimed_by.label if case.claimed_by else "",
        getattr(case, "followers", 0),
    )  # fmt: skip
