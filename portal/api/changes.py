"""Change requests: propose, submit, vote on exactly what was seen, roll back."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.approvals import queries, services
from governance.approvals.lifecycle import State, Verdict
from governance.approvals.models import ChangeRequest
from portal.access import scopes
from portal.access.tokens import Scope
from portal.accounts.models import User
from portal.api.auth import caller
from portal.api.conditional import respond, seen
from portal.api.paging import paged

VIEW = (Scope.CHANGES_READ, "governance.view_change")
WRITE = (Scope.CHANGES_WRITE, "governance.propose_change")
VOTE = (Scope.CHANGES_WRITE, "governance.review_change")
REMARK = (Scope.CHANGES_WRITE, "governance.comment_change")
Plain = serializers.Serializer[Any]


class ItemInput(Plain):
    """One governed thing: its kind and the whole document that it should have."""

    kind = serializers.CharField()
    document = serializers.JSONField()


class ProposalInput(Plain):
    """A change request; with `submit` it asks for review at once."""

    title = serializers.CharField(max_length=200)
    description = serializers.CharField(default="", allow_blank=True)
    items = ItemInput(many=True, allow_empty=False)
    submit = serializers.BooleanField(default=False)


class RevisionInput(Plain):
    """New content for all items."""

    items = ItemInput(many=True, allow_empty=False)
    note = serializers.CharField(default="", allow_blank=True)


class VoteInput(Plain):
    """A verdict on the revision named by If-Match."""

    verdict = serializers.ChoiceField(choices=list(Verdict))
    reason = serializers.CharField(default="", allow_blank=True)


class ReasonInput(Plain):
    """Why."""

    reason = serializers.CharField(default="", allow_blank=True)


class RemarkInput(Plain):
    """A comment, anchored to a JSON Pointer when it is about one place."""

    text = serializers.CharField()
    anchor = serializers.CharField(default="", allow_blank=True)


class ScheduleInput(Plain):
    """When an approved request activates."""

    at = serializers.DateTimeField()


def show(request: ChangeRequest) -> dict[str, Any]:
    """One line of the list."""
    return {
        "id": request.pk,
        "title": request.title,
        "state": request.state,
        "risk_class": request.risk_class,
        "class_reasons": request.class_reasons,
        "opened_by": request.opened_by.get_username(),
        "opened_at": request.opened_at,
        "scheduled_for": request.scheduled_for,
        "closed_at": request.closed_at,
        "revision": request.revision_number,
    }


def show_whole(request: ChangeRequest, *, reader: User) -> tuple[dict[str, Any], str]:
    """The request with its current revision, votes and gates; and that revision's digest."""
    offers = queries.allowed_moves(request, reader, now=timezone.now())
    revision = request.revisions.get(number=request.revision_number)
    activation = getattr(revision, "activation", None)
    agreements = activation.agreements.all() if activation else ()
    body = {
        **show(request),
        "description": request.description,
        "rules": request.rules,
        "digest": revision.digest,
        "items": revision.content,
        "votes": [
            {
                "person": vote.person.get_username(),
                "seat": vote.seat,
                "verdict": vote.verdict,
                "reason": vote.reason,
                "digest": vote.revision_hash,
                "at": vote.at,
                "counts": vote.voided_at is None and vote.revision_hash == revision.digest,
            }
            for vote in request.votes.select_related("person").order_by("id")
        ],
        "gates": [
            {
                "gate": gate.gate,
                "verdict": gate.verdict,
                "reason": gate.reason,
                "detail": gate.detail,
            }
            for gate in revision.gate_results.order_by("id")
        ],
        "agreements": [one.digest for one in agreements],
        "allowed_moves": [one.name for one in offers if not one.blocked],
    }
    return body, revision.digest


def checked(form: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The valid input of a form, or the problem that names its fields."""
    given = form(data=request.data)
    given.is_valid(raise_exception=True)
    data: dict[str, Any] = given.validated_data
    return data


def found(request: Request, pk: int) -> ChangeRequest:
    """The change request, if the caller may see it."""
    row = scopes.change_requests(caller(request)).select_related("opened_by").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def answered(request: Request, row: ChangeRequest, status: int = 200) -> Response:
    """The request as it is now, with its revision's digest as ETag."""
    fresh = ChangeRequest.objects.select_related("opened_by").get(pk=row.pk)
    body, digest = show_whole(fresh, reader=caller(request))
    return respond(request, body, etag=digest, status=status)


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


class ChangeVotes(APIView):
    """Votes bind to the revision named in If-Match; 412 when another one is current."""

    allow = {"POST": VOTE}

    @extend_schema(
        operation_id="vote_on_change_request",
        request=VoteInput,
        responses=OpenApiTypes.OBJECT,
        parameters=[OpenApiParameter("If-Match", location="header", required=True)],
    )
    def post(self, request: Request, pk: int) -> Response:
        """The request as it stands after the vote."""
        given = checked(VoteInput, request)
        row = services.vote(
            request=found(request, pk),
            by=caller(request),
            verdict=given["verdict"],
            reason=given["reason"],
            seen=seen(request),
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
    )
    def post(self, request: Request, pk: int) -> Response:
        """At that time every guard is checked again."""
        given = checked(ScheduleInput, request)
        row = services.schedule(request=found(request, pk), by=caller(request), at=given["at"])
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
        operation_id="move_change_request", request=ReasonInput, responses=OpenApiTypes.OBJECT
    )
    def post(self, request: Request, pk: int, name: str) -> Response:
        """The request as it stands after the move; a rollback answers the new request."""
        if name not in DOORS:
            raise Http404
        reason = checked(ReasonInput, request)["reason"]
        row = DOORS[name](request=found(request, pk), by=caller(request), reason=reason)
        return answered(request, row, 201 if name == "rollback" else 200)
