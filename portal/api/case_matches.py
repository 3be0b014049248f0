"""Saying what is at the other system: the matching record, or an effect whose answer was lost."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance import clock
from integrations.cases import matching, services
from integrations.cases.models import Case
from integrations.crossrefs.queries import Name
from integrations.sync.matches import Release, look_ahead_match
from portal.api.auth import caller
from portal.api.cases import READ, WORK, found, show
from portal.api.change_inputs import checked
from portal.api.idempotency import idempotent


class PickInput(serializers.Serializer[Any]):
    """Which record there it is. `key` names ours where the case refers to several."""

    source_id = serializers.CharField(max_length=200)
    key = serializers.CharField(max_length=200, required=False)
    reason = serializers.CharField(required=False, allow_blank=True, default="")
    dry_run = serializers.BooleanField(default=False)


class CaseCandidates(APIView):
    """Records of the other system that may be the one that the case refers to."""

    allow = READ

    @extend_schema(
        operation_id="list_case_candidates",
        parameters=[OpenApiParameter("q", description="words of its id or name")],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, pk: int) -> Response:
        """The likeliest first, each with what it has in common with ours."""
        case = found(request, pk)
        told = matching.offer(case, matching.wanted(case), words=request.query_params.get("q", ""))
        entity, key, system = told.name
        return Response(
            {
                "entity": entity,
                "key": key,
                "system": system,
                "label": told.label,
                "compared": told.compared,
                "candidates": [asdict(one) for one in told.candidates],
            }
        )


class CasePick(APIView):
    """Match the unknown record with one of the other system."""

    allow = WORK

    @extend_schema(operation_id="pick_for_case", request=PickInput, responses=OpenApiTypes.OBJECT)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """With `dry_run` only what would be sent and released; else the case as it stands then."""
        given, case = checked(PickInput, request), found(request, pk)
        name = _name(case, given.get("key", ""))
        chosen, now = given["source_id"], clock.now()
        if given["dry_run"]:
            return Response(_release(look_ahead_match(case, name, chosen, now=now)))
        services.pick(
            case=case,
            by=caller(request),
            reason=given["reason"],
            source_id=chosen,
            name=name,
            now=now,
        )
        return Response(show(found(request, pk)))


class FoundInput(serializers.Serializer[Any]):
    """The id under which the other system has it."""

    reference = serializers.CharField(max_length=200)
    reason = serializers.CharField()


class CaseFound(APIView):
    """After a lost answer: it was found at the target."""

    allow = WORK

    @extend_schema(operation_id="found_for_case", request=FoundInput, responses=OpenApiTypes.OBJECT)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Where money is in it a second person signs first."""
        given = checked(FoundInput, request)
        services.found(
            case=found(request, pk),
            by=caller(request),
            reason=given["reason"],
            reference=given["reference"],
            now=clock.now(),
        )
        return Response(show(found(request, pk)))


def _name(case: Case, key: str) -> Name:
    named = [name for name in matching.refers(case) if name[1] == key]
    return named[0] if named else matching.wanted(case)


def _release(told: Release) -> dict[str, Any]:
    return {
        "refusal": told.outlook.refusal,
        "writes": [one.write for one in told.outlook.effects],
        "still_unknown": [
            {"entity": entity, "key": key, "system": system}
            for entity, key, system in told.still_unknown
        ],
        "cases": told.cases,
        "followers": told.followers,
        "money": [asdict(one) for one in told.money],
    }
