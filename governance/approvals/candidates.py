"""The flow agreements that a revision would activate, compiled and undone: nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from governance.agreements.lifecycle import AgreementStatus
from governance.agreements.models import Agreement
from governance.approvals import enacting, subjects

if TYPE_CHECKING:
    from datetime import datetime

    from governance.approvals.models import Revision


@dataclass(frozen=True, slots=True)
class Candidate:
    """One flow before and after; it ran under nothing where the flow is new."""

    flow: int
    slug: str
    name: str
    domain: int
    before: tuple[str, dict[str, Any]] | None
    """Digest and document."""
    after: tuple[str, dict[str, Any]]


def candidates(revision: Revision, *, now: datetime) -> list[Candidate]:
    """Flows whose agreement would change, by slug. Raises GovernanceError where it cannot run."""
    rows = Agreement.objects.filter(status=AgreementStatus.ACTIVE).values_list("flow", "pk")
    running = dict(rows)
    with transaction.atomic():
        done = enacting.enact(subjects.parse_items(revision.content), now=now)
        transaction.set_rollback(True)
    before = Agreement.objects.in_bulk([running.get(one.flow_id, 0) for one in done.agreements])
    found = [_candidate(one, before.get(running.get(one.flow_id, 0))) for one in done.agreements]
    return sorted(found, key=lambda one: one.slug)


def _candidate(made: Agreement, running: Agreement | None) -> Candidate:
    flow = made.flow
    return Candidate(
        flow=flow.pk,
        slug=flow.slug,
        name=flow.name,
        domain=flow.domain_id,
        before=(running.digest, running.document) if running else None,
        after=(made.digest, made.document),
    )
