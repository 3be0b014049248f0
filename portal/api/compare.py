"""What a change would break, asked before anything is proposed: for CI."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.catalog.comparing import compared, policy_of
from portal.access.tokens import Scope
from portal.api.change_inputs import Plain, checked


class CompareInput(Plain):
    """Two versions of one document, each as JSON or as a text in JSON or YAML."""

    old = serializers.JSONField()
    new = serializers.JSONField()
    kind = serializers.CharField(default="", allow_blank=True)
    """openapi, json-schema or odcs; empty: found out."""
    mode = serializers.CharField(default="backward")
    policy = serializers.DictField(default=dict)


class Compare(APIView):
    """The engine that change requests use, on documents that need not be registered."""

    allow = {"POST": (Scope.REGISTRY_READ, "governance.view_registry")}

    @extend_schema(
        operation_id="compare_documents", request=CompareInput, responses=OpenApiTypes.OBJECT
    )
    def post(self, request: Request) -> Response:
        """Verdict, findings with rule ids and witnesses, and what was not checked."""
        given: dict[str, Any] = checked(CompareInput, request)
        found = compared(
            given["old"],
            given["new"],
            kind=given["kind"],
            mode=given["mode"],
            policy=policy_of(given["policy"]),
        )
        return Response(found)
