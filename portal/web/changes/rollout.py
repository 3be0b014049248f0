"""The tab *Rollout*: what activates when, under which digests, and the first run under them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Min

from governance.agreements.models import Agreement
from governance.approvals import freezes
from governance.approvals.lifecycle import OPEN
from integrations.sync.models import SyncRun
from portal.access import scopes

if TYPE_CHECKING:
    from datetime import datetime

    from governance.approvals.models import Activation
    from governance.approvals.queries import Detail
    from portal.accounts.models import User
    from portal.web.changes.shadow import Shadow


@dataclass(frozen=True, slots=True)
class Step:
    """One flow: the digest before and after; `run` is the first that ran under the new one."""

    flow: str
    name: str
    before: str
    after: str
    run: SyncRun | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    """`at` is None where it activates as soon as it is approved."""

    at: datetime | None
    steps: list[Step]
    windows: list[freezes.Window]
    waits: freezes.Window | None


def rollout(found: Detail, shadow: Shadow | None, person: User, *, now: datetime) -> Rollout:
    """Before the activation as the shadow replay compiled it, afterwards as it became."""
    request = found.request
    at = request.scheduled_for if request.state in OPEN else None
    coming = [one for one in freezes.windows() if one.last >= now.date()]
    waits = freezes.frozen(request, found.revision, at or now) if request.state in OPEN else None
    steps = _done(found.activation, person) if found.activation else _planned(shadow)
    return Rollout(at, steps, coming[:6], waits)


def _planned(shadow: Shadow | None) -> list[Step]:
    flows: list[dict[str, Any]] = shadow.flows if shadow else []
    return [Step(one["flow"], one["name"], one["from"], one["to"]) for one in flows]


def _done(activation: Activation, person: User) -> list[Step]:
    made = list(activation.agreements.select_related("flow").order_by("flow__slug"))
    former = Agreement.objects.filter(
        flow__in=[one.flow_id for one in made], superseded_at=activation.at
    ).defer("document")
    before = {one.flow_id: one.digest for one in former}
    runs = SyncRun.objects.filter(agreement__in=made, created_at__gte=activation.at)
    first = dict(runs.values_list("agreement").annotate(first=Min("pk")))
    seen = scopes.runs(person).in_bulk(first.values())
    return [
        Step(
            flow=one.flow.slug,
            name=one.flow.name,
            before=before.get(one.flow_id, ""),
            after=one.digest,
            run=seen.get(first.get(one.pk, 0)),
        )
        for one in made
    ]
