"""Runs: what executed, under which agreement, with which result; and starting one."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance import clock
from governance.flows.models import Flow
from integrations.sync import events
from integrations.sync.lifecycle import RunState, Trigger
from integrations.sync.models import SyncRun
from integrations.sync.runs import start
from portal.access import scopes
from portal.access.tokens import Scope
from portal.api.auth import caller
from portal.api.conditional import respond, state_of
from portal.api.filters import choice, parameters, period, search, word
from portal.api.idempotency import idempotent
from portal.api.paging import paged
from portal.api.parsing import EventBatchParser, EventParser, StrictJSONParser

READ = {"GET": (Scope.RUNS_READ, "integrations.view_run")}
COUNTS = (
    "pages",
    "read",
    "accepted",
    "unchanged",
    "planned",
    "rejected",
    "applied",
    "failed",
)
FILTERS = (
    choice("state", RunState),
    choice("trigger", Trigger),
    word("flow", "flow__slug"),
    word("domain", "flow__domain__slug"),
    word("agreement", "agreement__digest", tells="runs under the flow agreement of this digest"),
    *period("created_at"),
    search("flow__name", "error"),
)


def show(run: SyncRun) -> dict[str, Any]:
    """One run with its counts."""
    return {
        "id": run.pk,
        "flow": run.flow.slug,
        "agreement": run.agreement.digest,
        "trigger": run.trigger,
        "state": run.state,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        **{name: getattr(run, name) for name in COUNTS},
        "error": run.error,
    }


class RunList(APIView):
    """Runs in the caller's domains, newest first."""

    allow = READ

    @extend_schema(
        operation_id="list_runs",
        parameters=parameters(FILTERS),
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        """A page."""
        rows = scopes.runs(caller(request)).select_related("flow", "agreement")
        return paged(request, rows.defer("agreement__document"), show, filters=FILTERS)


class RunDetail(APIView):
    """One run."""

    allow = READ

    @extend_schema(operation_id="read_run", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        """Counts grow while it runs."""
        run = scopes.runs(caller(request)).select_related("flow", "agreement").filter(pk=pk).first()
        if run is None:
            raise Http404
        body = show(run)
        return respond(request, body, etag=state_of(body))


class FlowRuns(APIView):
    """Start a run of a flow under its active agreement."""

    allow = {"POST": (Scope.RUNS_WRITE, "integrations.start_run")}

    @extend_schema(operation_id="start_run", request=None, responses={202: OpenApiTypes.OBJECT})
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Queued; follow it by its id."""
        flow = Flow.objects.select_related("domain").filter(slug=slug).first()
        if flow is None or not caller(request).has_perm("integrations.view_run", flow):
            raise Http404
        run = start(flow=flow, by=caller(request), trigger=Trigger.PERSON, now=clock.now())
        return Response(show(run), status=202)


class Events(APIView):
    """CloudEvents, one or a batch: accepted all or none; a repeat is accepted without effect."""

    allow = {"POST": (Scope.EVENTS_WRITE, "integrations.start_run")}
    parser_classes = [EventBatchParser, EventParser, StrictJSONParser]

    @extend_schema(
        operation_id="receive_events",
        request={"application/cloudevents-batch+json": OpenApiTypes.OBJECT},
        responses={202: OpenApiTypes.OBJECT},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Counts of accepted, unchanged and duplicate events."""
        given: Any = request.data
        batch = given if isinstance(given, list) else [given]
        if not all(isinstance(one, dict) for one in batch):
            raise ParseError("send a CloudEvent object or a list of them")
        got = events.receive(source="", events=batch, by=caller(request), now=clock.now())
        return Response(
            {
                "accepted": got.accepted,
                "unchanged": got.unchanged,
                "duplicates": got.duplicates,
                "runs": got.runs,
            },
            status=202,
        )
