"""Comparisons of two systems, and their breaks."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integrations.reconciliation import queries
from integrations.reconciliation.lifecycle import SOUND, BreakState, Outcome
from integrations.reconciliation.models import Break
from integrations.reconciliation.queries import Standing
from portal.access import scopes
from portal.access.tokens import Scope
from portal.api.auth import caller
from portal.api.filters import choice, parameters, period, word
from portal.api.paging import paged

BREAKS = (
    word("reconciliation", "reconciliation__slug", tells="slug of a reconciliation"),
    choice("state", BreakState),
    choice("kind", [one for one in Outcome if one not in SOUND]),
    *period("found_at"),
)
READ = {"GET": (Scope.RUNS_READ, "integrations.view_record")}


def show(one: Standing) -> dict[str, Any]:
    """Money in minor units, by currency; `rate` in per cent of the amount."""
    return {
        "id": one.row.pk,
        "slug": one.row.slug,
        "name": one.row.name,
        "left": one.row.left_system,
        "right": one.row.right_system,
        "compared_at": one.row.compared_at,
        "records": one.records,
        "matched": one.matched,
        "breaks": one.breaks,
        "under_way": one.under_way,
        "oldest": one.oldest,
        "money": [
            {
                "currency": money.currency,
                "compared_minor": money.compared,
                "matched_minor": money.matched,
                "disputed_minor": money.disputed,
                "net_minor": money.net,
                "rate": money.rate,
            }
            for money in one.money.values()
        ],
        "signed_to": one.signed.end if one.signed and one.signed.state == "signed" else None,
    }


def show_break(row: Break) -> dict[str, Any]:
    """Both sides' values where they differ."""
    return {
        "id": row.pk,
        "reconciliation": row.reconciliation.slug,
        "kind": row.kind,
        "state": row.state,
        "key": row.key,
        "differences": row.differences,
        "amount_minor": row.amount_minor,
        "difference_minor": row.difference_minor,
        "currency": row.currency,
        "since": row.since,
        "healed_at": row.healed_at,
        "case": row.case_id,
    }


class ReconciliationList(APIView):
    """Comparisons of the caller's domains; there are few."""

    allow = READ

    @extend_schema(operation_id="list_reconciliations", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """All of them."""
        mine = scopes.reconciliations(caller(request)).values("pk")
        rows = queries.comparisons().filter(pk__in=mine)
        return Response({"items": [show(one) for one in queries.standings(rows)], "next": None})


class BreakList(APIView):
    """Breaks, newest first. Filters: `reconciliation`, `state`, `kind`."""

    allow = READ

    @extend_schema(
        operation_id="list_breaks", parameters=parameters(BREAKS), responses=OpenApiTypes.OBJECT
    )
    def get(self, request: Request) -> Response:
        """A page."""
        rows = queries.breaks(state="").filter(pk__in=scopes.breaks(caller(request)).values("pk"))
        return paged(request, rows, show_break, filters=BREAKS)
