"""Saved views: a person's filters of lists, and those that their teams share."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance import clock
from portal.access import saved_views
from portal.accounts.models import SavedView
from portal.api.auth import caller
from portal.api.change_inputs import checked
from portal.api.idempotency import idempotent
from portal.api.paging import paged

PERSONAL = ("session", "")
"""No scope of a token names what a person keeps for themselves."""
PAGE = OpenApiParameter("page", description="One list, such as `queue` or `catalogue-kind/flows`")


class ViewInput(serializers.Serializer[Any]):
    """Which list, filtered how, under which name; `shared_with` is the slug of an own team."""

    page = serializers.CharField(max_length=120)
    name = serializers.CharField(max_length=80)
    query = serializers.CharField(max_length=4000, allow_blank=True, default="")
    shared_with = serializers.CharField(max_length=200, allow_blank=True, default="")
    is_default = serializers.BooleanField(default=False)


def show(row: SavedView) -> dict[str, Any]:
    """With the address that it stands for."""
    query = f"?{row.query}" if row.query else ""
    return {
        "id": row.pk,
        "page": row.page,
        "name": row.name,
        "query": row.query,
        "url": f"{saved_views.address(row.page)}{query}",
        "shared_with": row.shared_with,
        "is_default": row.is_default,
        "by": row.user.username,
    }


class Views(APIView):
    """What the person sees."""

    allow = {"GET": PERSONAL, "POST": PERSONAL}

    @extend_schema(operation_id="list_views", parameters=[PAGE], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Newest first."""
        rows = saved_views.visible(caller(request)).select_related("user")
        if page := request.query_params.get("page"):
            rows = rows.filter(page=page)
        return paged(request, rows, show)

    @extend_schema(
        operation_id="save_view", request=ViewInput, responses={201: OpenApiTypes.OBJECT}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """A new view; one of the same list and name is replaced."""
        row = saved_views.keep(by=caller(request), now=clock.now(), **checked(ViewInput, request))
        return Response(show(row), status=201)


class ViewDetail(APIView):
    """One view."""

    allow = {"DELETE": PERSONAL}

    @extend_schema(operation_id="remove_view", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Gone for everybody who saw it; only its owner removes it."""
        view = saved_views.visible(caller(request)).filter(pk=pk).first()
        if view is None:
            raise Http404
        saved_views.remove(view, by=caller(request))
        return Response(status=204)
