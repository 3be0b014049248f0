"""The queue as CSV: exactly what is filtered, streamed."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.http import Http404, StreamingHttpResponse
from django.views.decorators.http import require_GET

from governance import clock
from integrations.cases import queries
from integrations.cases.models import Case
from integrations.errors import Refused
from portal.access import scopes
from portal.web.queue.asking import Asked
from portal.web.shell.access import SignedIn, requires
from portal.web.shell.wording import headline

HEADER = ("case", "problem", "class", "state", "system", "flow", "record", "business key", "amount",
          "currency", "opened", "due", "owner", "blocked")  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_GET
@requires("integrations.view_case")
def export(request: SignedIn) -> StreamingHttpResponse:
    """Exactly what is filtered, as CSV."""
    asked = Asked.read(request.GET)
    try:
        rows = queries.queue(
            scopes.cases(request.user),
            search=asked.search,
            view=asked.view,
            person=request.user.pk,
            now=clock.now(),
        )
    except Refused as error:
        raise Http404(str(error)) from error
    lines = (_line(case) for case in rows.iterator(chunk_size=1_000))
    answer = StreamingHttpResponse(_csv(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="exception-queue.csv"'
    return answer


class _Echo:
    """Hands each written line straight on."""

    def write(self, line: str) -> str:
        return line


def _csv(lines: Iterator[tuple[object, ...]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(HEADER)
    for line in lines:
        yield writer.writerow([_harmless(cell) for cell in line])


def _line(case: Case) -> tuple[object, ...]:
    return (
        case.pk, headline(case), case.klass, case.state, case.system,
        case.flow.name if case.flow else "", case.message.key if case.message else "",
        case.business_key, case.amount_minor, case.currency, case.opened_at.isoformat(),
        case.due_at.isoformat(), case.claimed_by.label if case.claimed_by else "",
        getattr(case, "followers", 0),
    )  # fmt: skip


def _harmless(cell: object) -> object:
    """A spreadsheet would run a text that begins like a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
