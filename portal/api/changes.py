"""Change requests: list, propose, read, revise."""

from __future__ import annotations

from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.approvals import services
from governance.approvals.kinds import KINDS
from governance.approvals.lifecycle import RiskClass, State
from governance.approvals.models import ChangeItem
from portal.access import scopes
from portal.access.tokens import Scope
from portal.api.auth import caller
from portal.api.change_inputs import ProposalInput, RevisionInput, checked
from portal.api.change_shapes import answered, found, show
from portal.api.conditional import seen
from portal.api.filters import Filter, choice, parameters, period, search, word
from portal.api.idempotency import idempotent
from portal.api.paging import paged

VIEW = (Scope.CHANGES_READ, "governance.view_change")
WRITE = (Scope.CHANGES_WRITE, "governance.propose_change")


def _touches(values: list[str]) -> Q:
    """Requests with an item of one of these kinds, or `KIND:SLUG` of one of these things."""
    found = Q()
    for value in values:
        kind, _, slug = value.partition(":")
        if kind not in KINDS:
            raise ValueError(f"is KIND or KIND:SLUG; KIND is one of {', '.join(KINDS)}")
        found |= Q(**({f"{kind}__slug": slug} if slug else {f"{kind}__isnull": False}))
    return Q(pk__in=ChangeItem.objects.filter(found).values("request"))


FILTERS = (
    choice("state", State),
    choice("risk_class", RiskClass),
    Filter("touches", _touches, "a kind such as flow, or one thing such as flow:invoice-to-erp"),
    word("domain", "domain__slug"),
    word("opened_by", "opened_by__username"),
    *period("opened_at"),
    search("title", "description"),
)


class ChangeList(APIView):
    """Change requests, newest first."""

    allow = {"GET": VIEW, "POST": WRITE}

    @extend_schema(
        operation_id="list_change_requests",
        parameters=parameters(FILTERS),
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        """A page."""
        rows = scopes.change_requests(caller(request)).select_related("opened_by")
        return paged(request, rows, show, filters=FILTERS)

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
