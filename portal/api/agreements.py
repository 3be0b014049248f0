"""Flow agreements for whoever runs a flow, inside or outside."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.agreements import queries
from governance.agreements.models import Agreement
from portal.access.tokens import Scope
from portal.api.conditional import respond

READ = {"GET": (Scope.REGISTRY_READ, "governance.view_registry")}


def show(agreement: Agreement) -> dict[str, Any]:
    """`document` hashes to `digest` (RFC 8785, SHA-256)."""
    return {
        "flow": agreement.document["flow"]["slug"],
        "number": agreement.number,
        "status": agreement.status,
        "digest": agreement.digest,
        "compiled_at": agreement.compiled_at,
        "activated_at": agreement.activated_at,
        "superseded_at": agreement.superseded_at,
        "document": agreement.document,
    }


class FlowAgreement(APIView):
    """What a flow runs under now."""

    allow = READ

    @extend_schema(operation_id="read_flow_agreement", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, slug: str) -> Response:
        """The active agreement with its digest as ETag; 304 when unchanged."""
        agreement = queries.active_by_slug(slug)
        if agreement is None:
            raise Http404
        return respond(request, show(agreement), etag=agreement.digest)


class AgreementDetail(APIView):
    """Any agreement by digest, so that evidence can be checked later."""

    allow = READ

    @extend_schema(operation_id="read_agreement", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, digest: str) -> Response:
        """The newest agreement with this digest."""
        agreement = Agreement.objects.filter(digest=digest).order_by("-id").first()
        if agreement is None:
            raise Http404
        return respond(request, show(agreement), etag=agreement.digest)
