"""Deciding on change requests: votes on exactly what was seen, remarks, times, moves."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.approvals import services
from portal.access.signin import sign_in_age
from portal.access.tokens import Scope
from portal.api.auth import caller
from portal.api.change_inputs import ReasonInput, RemarkInput, ScheduleInput, VoteInput, checked
from portal.api.change_shapes import answered, found, seen_request
from portal.api.changes import WRITE
from portal.api.conditional import seen
from portal.api.idempotency import idempotent

VOTE = (Scope.CHANGES_WRITE, "governance.review_change")
REMARK = (Scope.CHANGES_WRITE, "governance.comment_change")
IF_MATCH = OpenApiParameter(
    "If-Match", location="header", description="the revision that was seen; 412 for another"
)


class ChangeVotes(APIView):
    """Votes bind to the revision named in If-Match; 412 when another one is current."""

    allow = {"POST": VOTE}

    @extend_schema(
        operation_id="vote_on_change_request",
        request=VoteInput,
        responses=OpenApiTypes.OBJECT,
        parameters=[OpenApiParameter("If-Match", location="header", required=True)],
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """The request as it stands after the vote."""
        given = checked(VoteInput, request)
        row = services.vote(
            request=found(request, pk),
            by=caller(request),
            verdict=given["verdict"],
            reason=given["reason"],
            seen=seen(request),
            acknowledged=given["acknowledged"],
            sign_in_age=None if request.auth else sign_in_age(request),
        )
        return answered(request, row)


class ChangeComments(APIView):
    """Remarks."""

    allow = {"POST": REMARK}

    @extend_schema(
        operation_id="comment_on_change_request",
        request=RemarkInput,
        responses={201: OpenApiTypes.OBJECT},
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """The stored remark."""
        given = checked(RemarkInput, request)
        made = services.comment(
            request=found(request, pk),
            by=caller(request),
            text=given["text"],
            anchor=given["anchor"],
        )
        return Response({"id": made.pk, "text": made.text, "anchor": made.anchor}, status=201)


class ChangeSchedule(APIView):
    """When it activates."""

    allow = {"POST": WRITE}

    @extend_schema(
        operation_id="schedule_change_request",
        request=ScheduleInput,
        responses=OpenApiTypes.OBJECT,
        parameters=[IF_MATCH],
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """At that time every guard is checked again."""
        given = checked(ScheduleInput, request)
        row = services.schedule(
            request=seen_request(request, pk), by=caller(request), at=given["at"]
        )
        return answered(request, row)


DOORS = {
    "submit": services.submit,
    "withdraw": services.withdraw,
    "reject": services.reject,
    "rollback": services.rollback,
}


class ChangeMove(APIView):
    """Submit, withdraw, reject or roll back; each door asks for its own permission."""

    allow = {"POST": (Scope.CHANGES_WRITE, "governance.view_change")}

    @extend_schema(
        operation_id="move_change_request",
        request=ReasonInput,
        responses=OpenApiTypes.OBJECT,
        parameters=[IF_MATCH],
    )
    @idempotent
    def post(self, request: Request, pk: int, name: str) -> Response:
        """The request as it stands after the move; a rollback answers the new request."""
        if name not in DOORS:
            raise Http404
        reason = checked(ReasonInput, request)["reason"]
        row = DOORS[name](request=seen_request(request, pk), by=caller(request), reason=reason)
        return answered(request, row, 201 if name == "rollback" else 200)
