"""What is registered: every governed kind, read-only (changes go through change requests)."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.http import Http404, HttpResponse
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.approvals.kinds import KINDS
from governance.catalog.models import Specification
from governance.catalog.specifications import MAX_SPECIFICATION, store_specification
from governance.ownership.models import Governed
from portal.access.tokens import Scope
from portal.api.conditional import respond
from portal.api.filters import parameters
from portal.api.idempotency import idempotent
from portal.api.paging import paged
from portal.api.parsing import TooLarge
from portal.api.registry_filters import FILTERS

PLURALS = {name: kind.plural for name, kind in KINDS.items()}
READ = {"GET": (Scope.REGISTRY_READ, "governance.view_registry")}


def show(row: Governed) -> dict[str, Any]:
    """One governed row; `document` is what was approved, `digest` its SHA-256."""
    domain = getattr(row, "domain", None)
    return {
        "kind": row.KIND,
        "slug": row.slug,
        "name": row.name,
        "domain": domain.slug if domain else None,
        "status": row.status,
        "revision": row.revision,
        "digest": row.digest,
        "activated_at": row.activated_at,
        "document": row.document,
    }


class NamedByKind(AutoSchema):
    """One class serves every kind; in the schema each kind has operations of its own."""

    def get_operation_id(self) -> str:
        """`list_value_maps`, `read_value_map`."""
        kind: str = self.view.kind  # type: ignore[attr-defined]
        if "{" in self.path:
            return f"read_{kind}"
        return f"list_{PLURALS[kind].replace('-', '_')}"

    def get_override_parameters(self) -> list[Any]:
        """Those that its kind has."""
        kind: str = self.view.kind  # type: ignore[attr-defined]
        return [] if "{" in self.path else parameters(FILTERS[kind])


@extend_schema(responses=OpenApiTypes.OBJECT)
class GovernedList(APIView):
    """All rows of one kind."""

    allow = READ
    kind: ClassVar[str] = ""
    schema = NamedByKind()

    def get(self, request: Request) -> Response:
        """A page by slug."""
        model: Any = KINDS[self.kind].model
        rows = model.objects.all()
        if hasattr(model, "domain_id"):
            rows = rows.select_related("domain")
        return paged(request, rows, show, by="slug", filters=FILTERS[self.kind])


@extend_schema(responses=OpenApiTypes.OBJECT)
class GovernedDetail(APIView):
    """One row, with its digest as ETag."""

    allow = READ
    kind: ClassVar[str] = ""
    schema = NamedByKind()

    def get(self, request: Request, slug: str) -> Response:
        """The row, or 304 when `If-None-Match` names its digest."""
        row = KINDS[self.kind].model._default_manager.filter(slug=slug).first()
        if row is None:
            raise Http404
        return respond(request, show(row), etag=row.digest)


class BytesParser(BaseParser):
    """Takes the body as it is, up to the largest specification."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, context: Any = None) -> Any:
        """The bytes."""
        body: bytes = stream.read(MAX_SPECIFICATION + 1)
        if len(body) > MAX_SPECIFICATION:
            raise TooLarge(f"a specification may have {MAX_SPECIFICATION} bytes")
        return body


class Specifications(APIView):
    """Upload an OpenAPI document; API versions name it by the digest answered here."""

    allow = {"POST": (Scope.CHANGES_WRITE, "governance.propose_change")}
    parser_classes = [BytesParser]

    @extend_schema(
        operation_id="upload_specification",
        request={"application/json": OpenApiTypes.OBJECT, "application/yaml": OpenApiTypes.STR},
        responses={201: OpenApiTypes.OBJECT},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Stored byte for byte; the same bytes answer the same digest."""
        held = store_specification(cast("bytes", request.data))
        return Response({"digest": held.digest, "summary": held.summary}, status=201)


class SpecificationBytes(APIView):
    """A stored specification, byte for byte."""

    allow = READ

    @extend_schema(operation_id="read_specification", responses=OpenApiTypes.BINARY)
    def get(self, request: Request, digest: str) -> HttpResponse:
        """The bytes with their media type."""
        held = Specification.objects.filter(digest=digest).first()
        if held is None:
            raise Http404
        answer = HttpResponse(bytes(held.content), content_type=held.media_type)
        answer["ETag"] = f'"{held.digest}"'
        answer["Content-Disposition"] = f'attachment; filename="{held.digest[:12]}"'
        return answer
