"""The exception queue: read what stopped, correct, sign, replay, dismiss."""

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
from integrations.cases import services
from integrations.cases.lifecycle import CaseClass, CaseState, possible
from integrations.cases.models import Case
from portal.access import scopes
from portal.access.tokens import Scope
from portal.api.auth import caller
from portal.api.change_inputs import ReasonInput, checked
from portal.api.conditional import refuse_changed, respond, state_of
from portal.api.filters import choice, number, parameters, period, search, word
from portal.api.idempotency import idempotent
from portal.api.paging import paged

READ = {"GET": (Scope.CASES_READ, "integrations.view_case")}
WORK = {"POST": (Scope.CASES_WRITE, "integrations.work_case")}
IF_MATCH = OpenApiParameter(
    "If-Match", location="header", description="the case as it was seen; 412 when it has changed"
)
FILTERS = (
    choice("state", CaseState),
    choice("class", CaseClass, "klass"),
    word("problem", "fingerprint", tells="cases of one problem, as each case names it"),
    word("domain", "domain__slug"),
    word("flow", "flow__slug"),
    word("connection"),
    word("system"),
    word("business_key"),
    word("currency"),
    word("claimed_by", "claimed_by__username"),
    number("change_request"),
    *period("opened_at"),
    search("title", "business_key"),
)


class CorrectionInput(serializers.Serializer[Any]):
    """JSON Pointer into the canonical record → its right value."""

    changes = serializers.DictField(child=serializers.JSONField(), allow_empty=False)
    reason = serializers.CharField()


def show(case: Case) -> dict[str, Any]:
    """One case; money in minor units."""
    return {
        "id": case.pk,
        "class": case.klass,
        "state": case.state,
        "title": case.title,
        "problem": case.fingerprint,
        "detail": case.detail,
        "domain": case.domain.slug,
        "flow": case.flow.slug if case.flow else None,
        "connection": case.connection,
        "business_key": case.business_key,
        "amount_minor": case.amount_minor,
        "currency": case.currency,
        "claimed_by": case.claimed_by.get_username() if case.claimed_by else None,
        "change_request": case.change_request,
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "closed_at": case.closed_at,
        "resolution": case.resolution,
        "allowed_moves": possible(state=case.state, klass=case.klass),
    }


def found(request: Request, pk: int) -> Case:
    """The case, if it is in one of the caller's domains."""
    rows = scopes.cases(caller(request)).select_related("domain", "flow", "claimed_by")
    case = rows.filter(pk=pk).first()
    if case is None:
        raise Http404
    return case


def seen_case(request: Request, pk: int) -> Case:
    """The same, unless If-Match names another state of it."""
    case = found(request, pk)
    refuse_changed(request, state_of(show(case)))
    return case


class CaseList(APIView):
    """Cases in the caller's domains, newest first."""

    allow = READ

    @extend_schema(
        operation_id="list_cases",
        parameters=parameters(FILTERS),
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        """A page."""
        rows = scopes.cases(caller(request)).select_related("domain", "flow", "claimed_by")
        return paged(request, rows, show, filters=FILTERS)


class CaseDetail(APIView):
    """One case."""

    allow = READ

    @extend_schema(operation_id="read_case", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        """With what is possible now; its ETag changes with what is shown."""
        body = show(found(request, pk))
        return respond(request, body, etag=state_of(body))


class CaseCorrection(APIView):
    """Override fields of the record, validated under its data contract."""

    allow = WORK

    @extend_schema(
        operation_id="correct_case",
        request=CorrectionInput,
        responses=OpenApiTypes.OBJECT,
        parameters=[IF_MATCH],
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Money, tax, party, date and rate fields then wait for a second person."""
        given = checked(CorrectionInput, request)
        services.correct(
            case=seen_case(request, pk),
            by=caller(request),
            changes=given["changes"],
            reason=given["reason"],
            now=clock.now(),
        )
        return Response(show(found(request, pk)))


DOORS: dict[str, Any] = {
    "claim": services.claim,
    "release": services.release,
    "send-to-author": services.send_to_author,
    "replay": services.replay,
    "resend": services.resend,
    "dismiss": services.dismiss,
    "sign": services.sign,
    "refuse": services.refuse,
}


class CaseMove(APIView):
    """Claim, release, send to the author, replay, ask to resend, dismiss, sign or refuse."""

    allow = WORK

    @extend_schema(
        operation_id="move_case",
        request=ReasonInput,
        responses=OpenApiTypes.OBJECT,
        parameters=[IF_MATCH],
    )
    @idempotent
    def post(self, request: Request, pk: int, name: str) -> Response:
        """The case as it stands afterwards."""
        if name not in DOORS:
            raise Http404
        reason = checked(ReasonInput, request)["reason"]
        case = seen_case(request, pk)
        DOORS[name](case=case, by=caller(request), reason=reason, now=clock.now())
        return Response(show(found(request, pk)))
