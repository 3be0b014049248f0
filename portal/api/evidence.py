"""Evidence of change requests as a ZIP that verifies itself."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from governance.approvals.evidence.services import export_request
from portal.access.tokens import Scope
from portal.api.auth import caller
from portal.api.change_shapes import found


class AnyAccepted(BaseContentNegotiation):
    """A file comes in its own form, whatever the caller says that it accepts."""

    def select_renderer(self, request, renderers, format_suffix=None):  # type: ignore[no-untyped-def]
        """Errors are still told as JSON."""
        return renderers[0], renderers[0].media_type


class ChangeEvidence(APIView):
    """Everything about one change request, with `verify.py` inside."""

    allow = {"GET": (Scope.AUDIT_READ, "governance.export_evidence")}
    content_negotiation_class = AnyAccepted

    @extend_schema(
        operation_id="export_change_evidence",
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The ZIP; X-Manifest is the hash that the audit log keeps of it."""
        row = found(request, pk)
        made = export_request(request=row, by=caller(request))
        return HttpResponse(
            made.content,
            content_type="application/zip",
            headers={
                "Content-Disposition": f'attachment; filename="evidence-CR-{row.pk:04d}.zip"',
                "Cache-Control": "no-store",
                "X-Manifest": made.manifest,
            },
        )
