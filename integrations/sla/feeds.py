"""How fresh each feed is, and how much of what was due has settled."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from governance.agreements.lifecycle import AgreementStatus
from governance.agreements.models import Agreement
from integrations.sla.shapes import Feed
from integrations.sync.lifecycle import RunState
from integrations.sync.models import SyncRun


def feeds(now: datetime) -> list[Feed]:
    """One for each flow that tells milestones: when its last run was over."""
    active = Agreement.objects.filter(status=AgreementStatus.ACTIVE, document__has_key="milestones")
    named = dict(active.values_list("flow_id", "flow__name"))
    slugs = dict(active.values_list("flow_id", "flow__slug"))
    done = SyncRun.objects.filter(flow__in=named, state=RunState.DONE)
    last = dict(done.order_by().values_list("flow").annotate(Max("started_at")))
    return [
        Feed(slugs[flow], name, last.get(flow), _minutes(last.get(flow), now))
        for flow, name in sorted(named.items(), key=lambda one: one[1])
    ]


def _minutes(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else max(int((now - moment).total_seconds() // 60), 0)
