"""One change request as evidence: what was proposed, who agreed by which right, what it became."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model

from governance.approvals.evidence.binder import Binder, moment
from governance.approvals.lifecycle import RiskClass, Verdict
from governance.approvals.rules import rule
from governance.audit import queries as audit

if TYPE_CHECKING:
    from governance.approvals.evidence.past import Past
    from governance.approvals.models import Activation, ChangeRequest, Revision, Vote
    from governance.audit.models import AuditEntry

VOTED = {f"change.{one}" for one in Verdict}


def put_request(binder: Binder, request: ChangeRequest, past: Past) -> list[AuditEntry]:
    """Write it and everything that it names by hash; the entries that speak of it."""
    entries = list(audit.of_request(request.pk))
    revisions = list(request.revisions.select_related("author").order_by("number"))
    votes = list(request.votes.select_related("person", "revision").order_by("at", "pk"))
    activations = list(request.activations.select_related("revision").order_by("pk"))
    binder.put(
        f"requests/{label(request.pk)}.json",
        {
            **_head(request),
            "revisions": [_revision(binder, one) for one in revisions],
            "votes": [_vote(binder, request, one, entries, past) for one in votes],
            "separation_of_duties": _separation(revisions, votes),
            "activations": [_activation(binder, one, entries) for one in activations],
            "comments": _comments(request),
            "entries": [one.pk for one in entries],
        },
    )
    return entries


def label(number: int) -> str:
    """As screens name it."""
    return f"CR-{number:04d}"


def _head(request: ChangeRequest) -> dict[str, Any]:
    return {
        "number": request.pk,
        "title": request.title,
        "description": request.description,
        "state": request.state,
        "domain": request.domain.slug if request.domain else None,
        "foundation": request.is_foundation,
        "emergency": request.risk_class == RiskClass.RE,
        "rolls_back": request.rollback_of_id,
        "rolled_back_by": list(request.rollbacks.order_by("pk").values_list("pk", flat=True)),
        "opened_by": request.opened_by.get_username(),
        "opened_at": moment(request.opened_at),
        "submitted_at": moment(request.submitted_at),
        "scheduled_for": moment(request.scheduled_for),
        "closed_at": moment(request.closed_at),
        "risk_class": request.risk_class,
        "raised_to": request.raised_to,
        "class_reasons": request.class_reasons,
        "rules": [_rule(one) for one in request.rules],
    }


def _rule(plain: dict[str, Any]) -> dict[str, Any]:
    people = get_user_model()._default_manager.filter(pk__in=plain.get("people", ()))
    return {**plain, "people": [one.get_username() for one in people.order_by("pk")]}


def _revision(binder: Binder, one: Revision) -> dict[str, Any]:
    binder.keep(f"revisions/{one.digest}.json", {"content": one.content, "base": one.base})
    return {
        "number": one.number,
        "digest": one.digest,
        "author": one.author.get_username(),
        "author_id": one.author_id,
        "at": moment(one.created_at),
        "note": one.note,
        "gates": [
            {
                "gate": gate.gate,
                "title": gate.title,
                "verdict": gate.verdict,
                "reason": gate.reason,
                "detail": gate.detail,
                "at": moment(gate.at),
            }
            for gate in one.gate_results.order_by("pk")
        ],
    }


def _vote(
    binder: Binder, request: ChangeRequest, one: Vote, entries: list[AuditEntry], past: Past
) -> dict[str, Any]:
    rules = [rule(plain) for plain in request.rules]
    username = one.person.get_username()
    grounds = past.grounds(rules, username=username, person=one.person_id, at=one.at)
    said = [
        entry.pk
        for entry in entries
        if entry.action in VOTED
        and (entry.by_id, entry.revision_hash, entry.at)
        == (one.person_id, one.revision_hash, one.at)
    ]
    return {
        "person": username,
        "person_id": one.person_id,
        "seat": one.seat,
        "verdict": one.verdict,
        "reason": one.reason,
        "revision": one.revision_hash,
        "at": moment(one.at),
        "voided_at": moment(one.voided_at),
        "entry": said[0] if said else None,
        "sits_by": [
            {"rule": ground.rule, "kind": ground.kind, **_right(binder, ground.row)}
            for ground in grounds
        ],
    }


def _right(binder: Binder, row: Any) -> dict[str, Any]:
    if row is None:
        return {}
    return {
        "slug": row.slug,
        "revision": row.revision,
        "since": moment(row.activated_at),
        "document": binder.hold("documents", row.document),
    }


def _separation(revisions: list[Revision], votes: list[Vote]) -> dict[str, Any]:
    authors = {one.author.get_username() for one in revisions}
    approvers = {
        one.person.get_username()
        for one in votes
        if one.verdict == Verdict.APPROVE and one.voided_at is None
    }
    return {
        "authors": sorted(authors),
        "approvers": sorted(approvers),
        "both": sorted(authors & approvers),
    }


def _activation(binder: Binder, one: Activation, entries: list[AuditEntry]) -> dict[str, Any]:
    compiled = list(one.agreements.select_related("flow").order_by("flow__slug"))
    for agreement in compiled:
        binder.keep(f"agreements/{agreement.digest}.json", agreement.document)
    said = [
        entry.pk
        for entry in entries
        if entry.action == "change.activate" and entry.revision_hash == one.revision.digest
    ]
    return {
        "revision": one.revision.digest,
        "at": moment(one.at),
        "entry": said[0] if said else None,
        "agreements": [
            {"flow": row.flow.slug, "number": row.number, "digest": row.digest} for row in compiled
        ],
        "replaced": one.previous,
    }


def _comments(request: ChangeRequest) -> list[dict[str, Any]]:
    rows = request.comments.select_related("person", "revision").order_by("at", "pk")
    return [
        {
            "person": one.person.get_username(),
            "revision": one.revision.digest,
            "anchor": one.anchor,
            "text": one.text,
            "at": moment(one.at),
        }
        for one in rows
    ]
