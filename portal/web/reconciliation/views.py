"""Whether two systems say the same: how well each pair matches, and what is broken."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from governance import clock
from integrations.reconciliation import queries
from integrations.reconciliation.lifecycle import BreakState, Outcome, SignState
from integrations.reconciliation.models import Break, PeriodSignOff
from integrations.reconciliation.signing import SIGN
from portal.access import scopes
from portal.web.reconciliation.signing import PeriodForm
from portal.web.shell import tabular
from portal.web.shell.access import SignedIn, requires
from portal.web.shell.pages import page
from portal.web.shell.paging import keyset, unpaged

VIEW = "integrations.view_record"
KINDS = {
    Outcome.MISSING_RIGHT: "missing at the right",
    Outcome.MISSING_LEFT: "missing at the left",
    Outcome.CURRENCY: "currency differs",
    Outcome.AMOUNT: "amount differs",
    Outcome.STATE: "state differs",
}
STATES = {
    BreakState.OPEN: "Open",
    BreakState.UNDER_WAY: "Under way",
    BreakState.HEALED: "Healed",
}
TITLES = ("comparison", "record", "break", "left system", "left values", "right system",
          "right values", "difference", "currency", "since", "state", "case")  # fmt: skip


def _asked(request: SignedIn) -> QuerySet[Break]:
    """The list that the address asks for, of the reader's domains."""
    state, kind = request.GET.get("state", BreakState.OPEN), request.GET.get("kind", "")
    rows = queries.breaks(
        state=state if state in STATES else BreakState.OPEN,
        slug=request.GET.get("of", ""),
        kind=kind if kind in KINDS else "",
    )
    return rows.filter(pk__in=scopes.breaks(request.user).values("pk"))


@require_GET
@requires(VIEW)
def reconciliation(request: SignedIn) -> HttpResponse:
    """The pairs of systems above, their breaks below; the breaks alone to htmx."""
    return page(
        request,
        "reconciliation/list.html",
        fragment="reconciliation/_breaks.html",
        context=context(request),
    )


def context(request: SignedIn, *, wrong: dict[int, PeriodForm] | None = None) -> dict[str, Any]:
    """What page and fragment show; `wrong`: comparison → its form with errors."""
    mine = scopes.reconciliations(request.user).values("pk")
    rows = list(queries.comparisons().filter(pk__in=mine))
    breaks = _asked(request)
    waiting = PeriodSignOff.objects.filter(reconciliation__in=rows, state=SignState.WAITING)
    state = request.GET.get("state", BreakState.OPEN)
    return {
        "standings": [
            (one, (wrong or {}).get(one.row.pk), request.user.has_perm(SIGN, one.row.flow))
            for one in queries.standings(rows)
        ],
        "waiting": waiting.select_related("reconciliation", "signed_by").order_by("pk"),
        "found": keyset(breaks, order=queries.ORDER, params=request.GET),
        "sums": queries.summed(breaks),
        "of": request.GET.get("of", ""),
        "kind": request.GET.get("kind", ""),
        "kinds": KINDS,
        "state": state if state in STATES else BreakState.OPEN,
        "states": STATES,
        "query": unpaged(request.GET),
        "form": PeriodForm(),
        "now": clock.now(),
    }


@require_GET
@requires(VIEW)
def export(request: SignedIn) -> HttpResponseBase:
    """The breaks of the list, in its order."""
    rows = _asked(request).order_by(*queries.ORDER).iterator(chunk_size=tabular.BATCH)
    lines = (_line(row) for row in rows)
    return tabular.export(request.GET, name="reconciliation-breaks", titles=TITLES, rows=lines)


def _line(row: Break) -> tuple[tabular.Cell, ...]:
    pair = row.reconciliation
    return (
        pair.name,
        row.key,
        KINDS[Outcome(row.kind)],
        pair.left_system,
        _values(row, "left"),
        pair.right_system,
        _values(row, "right"),
        tabular.major(row.difference_minor, row.currency) if row.currency else None,
        row.currency,
        row.since,
        STATES[BreakState(row.state)],
        row.case_id,
    )


def _values(row: Break, side: str) -> str:
    told = [f"{one['name']} {one[side]}" for one in row.differences if one[side] is not None]
    return "; ".join(told)
