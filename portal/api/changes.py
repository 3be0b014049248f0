"""Change requests: list, propose, read, revise."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.approvals import services
from governance.approvals.lifecycle import State
from portal.access import scopes
from portal.access.tokens import Scope
from portal.api.auth import caller
from portal.api.change_inputs import ProposalInput, RevisionInput, checked
from portal.api.change_shapes import answered, found, show
from portal.api.conditional import seen
from portal.api.idempotency import idempotent
from portal.api.paging import paged

VIEW = (Scope.CHANGES_READ, "governance.view_change")
WRITE = (Scope.CHANGES_WRITE, "governance.propose_change")


class ChangeList(APIView):
    """Change requests, newest first. Filter: `state`."""

    allow = {"GET": VIEW, "POST": WRITE}

    @extend_schema(
        operation_id="list_change_requests",
        parameters=[OpenApiParameter("state", enum=list(State)), OpenApiParameter("cursor")],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        """A page."""
        rows = scopes.change_requests(caller(request)).select_related("opened_by")
        if state := request.query_params.get("state"):
            if state not in list(State):
                raise ParseError(f"state is one of {', '.join(State)}")
            rows = rows.filter(state=state)
        return paged(request, rows, show)

    @extend_schema(
        operation_id="propose_change", request=ProposalInput, responses={201: OpenApiTypes.OBJECT}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Opened as a draft; nothing of it is saved when any item is wrong."""
        given = checked(ProposalInput, request)
        door = services.propose if given["submit"] else services.open_request
        row = door(
            by=caller(request),
            title=given["title"],
            description=given["description"],
            items=[dict(item) for item in given["items"]],
        )
        return answered(request, row, 201)


class ChangeDetail(APIView):
    """One change request; its ETag is the revision's digest."""

    allow = {"GET": VIEW, "PUT": WRITE}

    @extend_schema(operation_id="read_change_request", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        """With votes, gates and current content."""
        return answered(request, found(request, pk))

    @extend_schema(
        operation_id="revise_change_request",
        request=RevisionInput,
        responses=OpenApiTypes.OBJECT,
        parameters=[OpenApiParameter("If-Match", location="header", required=True)],
    )
    def put(self, request: Request, pk: int) -> Response:
        """A new revision; every vote so far is void."""
        given = checked(RevisionInput, request)
        row = services.revise(
            request=found(request, pk),
            by=caller(request),
            items=[dict(item) for item in given["items"]],
            seen=seen(request),
            note=given["note"],
        )
        return answered(request, row)
