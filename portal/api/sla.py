"""Figures of the finance page with their definitions, and the list that each of them is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance import clock
from integrations.sla import queries
from integrations.sla.models import Exposure
from integrations.sla.queries import Dashboard, Figure
from portal.access.tokens import Scope
from portal.api.paging import paged
from portal.api.sla_filters import PARAMETERS, PIECES, asked, pieces

READ = {"GET": (Scope.SLA_READ, "integrations.view_sla")}


def show(figure: Figure, board: Dashboard) -> dict[str, Any]:
    """One figure; money in minor units of `base`."""
    return {
        "slug": figure.slug,
        "title": figure.title,
        "value": figure.value,
        "unit": figure.unit,
        "base": board.base,
        "n": figure.n,
        "currencies": figure.currencies,
        "state": figure.state,
        "said": figure.said,
        "objective": figure.objective,
        "definition": {
            "metric": figure.measure.get("metric", figure.slug),
            "version": figure.measure.get("version"),
            "owner": figure.measure.get("owner", ""),
        },
        "parts": figure.parts,
    }


class FigureList(APIView):
    """Every figure under the filters, with how fresh each feed is."""

    allow = READ

    @extend_schema(
        operation_id="list_figures", parameters=PARAMETERS, responses=OpenApiTypes.OBJECT
    )
    def get(self, request: Request) -> Response:
        """As of now; only what the caller's domains tell."""
        filters, now = asked(request), clock.now()
        board = queries.dashboard(filters, now=now)
        return Response(
            {
                "as_of": now,
                "filters": filters.query(),
                "items": [show(one, board) for one in board.figures.values()],
                "feeds": [{"flow": one.flow, "as_of": one.as_of} for one in board.feeds],
            }
        )


class FigureDetail(APIView):
    """One figure."""

    allow = READ

    @extend_schema(operation_id="read_figure", parameters=PARAMETERS, responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        """With the whole definition that finance approved."""
        filters, now = asked(request), clock.now()
        board = queries.dashboard(filters, now=now)
        if slug not in board.figures:
            raise Http404
        figure = board.figures[slug]
        return Response(show(figure, board) | {"definition": figure.measure, "as_of": now})


class FigureItems(APIView):
    """The list behind a figure: its rows add up to it, or their number is it."""

    allow = READ

    @extend_schema(
        operation_id="list_figure_items",
        parameters=[*PARAMETERS, *PIECES, OpenApiParameter("cursor"), OpenApiParameter("limit")],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, slug: str) -> Response:
        """A page; `worth` is in the reporting currency."""
        if slug not in {*queries.KNOWN, *queries.OTHERS}:
            raise Http404
        rows: QuerySet[Any] = queries.items(
            slug, asked(request), now=clock.now(), **pieces(request)
        )
        if rows.model is Exposure:
            rows = rows.select_related("unit")
        return paged(request, rows, lambda row: asdict(queries.entry(row)))
