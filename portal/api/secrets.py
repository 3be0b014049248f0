"""Secrets of connections: stored, replaced and ended here; no answer ever holds a value."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance import clock
from integrations.connectors import services
from integrations.connectors.models import Secret
from portal.api.auth import caller
from portal.api.change_inputs import ReasonInput, checked
from portal.api.filters import parameters, search
from portal.api.paging import paged

FILTERS = (search("name"),)
MANAGE = ("session", "integrations.manage_secrets")
"""A token must not hold other systems' keys: only a signed-in browser gets here."""


class SecretInput(serializers.Serializer[Any]):
    """The value, and why it is stored."""

    value = serializers.CharField(max_length=8_000, trim_whitespace=False)
    reason = serializers.CharField()


def show(row: Secret) -> dict[str, Any]:
    """That it is stored, since when and by whom."""
    return {"name": row.name, "updated_at": row.updated_at, "updated_by": row.updated_by}


class Secrets(APIView):
    """What is stored, by name."""

    allow = {"GET": MANAGE}

    @extend_schema(
        operation_id="list_secrets",
        parameters=parameters(FILTERS),
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        """A page by name, without values."""
        return paged(request, Secret.objects.all(), show, by="name", filters=FILTERS)


class SecretDetail(APIView):
    """One secret, named as connections name it; `hook/CONNECTION` signs webhooks."""

    allow = {"PUT": MANAGE, "DELETE": MANAGE}

    @extend_schema(operation_id="store_secret", request=SecretInput, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request, name: str) -> Response:
        """Stored sealed, or replaced; audited with its reason."""
        row = services.put_secret(
            name=name, by=caller(request), now=clock.now(), **checked(SecretInput, request)
        )
        return Response(show(row))

    @extend_schema(operation_id="end_secret", request=ReasonInput, responses={204: None})
    def delete(self, request: Request, name: str) -> Response:
        """Whoever signs or asks with it is refused from now on."""
        given = checked(ReasonInput, request)
        if not services.delete_secret(name=name, by=caller(request), reason=given["reason"]):
            raise Http404
        return Response(status=204)
