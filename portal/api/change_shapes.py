"""Change requests as callers see them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from governance import clock
from governance.approvals import queries
from governance.approvals.impacts import impacts
from governance.approvals.models import ChangeRequest
from portal.access import scopes
from portal.access.evidence import told
from portal.accounts.models import User
from portal.api.auth import caller
from portal.api.conditional import refuse_changed, respond


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
    offers = queries.allowed_moves(request, reader, now=clock.now())
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
                "acknowledged": vote.acknowledged,
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
                "detail": told(gate.detail, reader),
            }
            for gate in revision.gate_results.order_by("id")
        ],
        "impacts": [asdict(one) for one in impacts(request, revision)],
        "agreements": [one.digest for one in agreements],
        "allowed_moves": [one.name for one in offers if not one.blocked],
    }
    return body, revision.digest


def found(request: Request, pk: int) -> ChangeRequest:
    """The change request, if the caller may see it."""
    row = scopes.change_requests(caller(request)).select_related("opened_by").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def seen_request(request: Request, pk: int) -> ChangeRequest:
    """The same, unless If-Match names another revision than the current one."""
    row = found(request, pk)
    refuse_changed(request, row.revisions.get(number=row.revision_number).digest)
    return row


def answered(request: Request, row: ChangeRequest, status: int = 200) -> Response:
    """The request as it is now, with its revision's digest as ETag."""
    fresh = ChangeRequest.objects.select_related("opened_by").get(pk=row.pk)
    body, digest = show_whole(fresh, reader=caller(request))
    return respond(request, body, etag=digest, status=status)
