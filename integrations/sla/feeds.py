"""How fresh each feed is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery

from governance.agreements.lifecycle import AgreementStatus
from governance.agreements.models import Agreement
from integrations.sla.objectives import measure, plain, target
from integrations.sla.shapes import BREACH, GOOD, QUIET, Feed, Figure
from integrations.sla.terms import Terms
from integrations.sync.lifecycle import RunState
from integrations.sync.models import SyncRun


def feeds(now: datetime) -> list[Feed]:
    """One for each flow that tells milestones: when its last run was over."""
    active = Agreement.objects.filter(status=AgreementStatus.ACTIVE, document__has_key="milestones")
    told = active.values_list(
        "flow_id", "flow__name", "flow__slug", "document__source__system", "document__milestones"
    )
    named = {flow: rest for flow, *rest in told}
    done = SyncRun.objects.filter(flow__in=named, state=RunState.DONE)
    last = dict(done.order_by().values_list("flow").annotate(Max("started_at")))
    return [
        Feed(
            flow=slug,
            name=name,
            as_of=last.get(flow),
            minutes=_minutes(last.get(flow), now),
            system=system or "",
            milestones=frozenset(one["milestone"] for one in milestones or ()),
        )
        for flow, (name, slug, system, milestones) in sorted(
            named.items(), key=lambda one: str(one[1][0])
        )
    ]


def _minutes(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else max(int((now - moment).total_seconds() // 60), 0)


METRIC = "data-freshness"


def freshness(found: list[Feed], terms: Terms) -> Figure:
    """The oldest feed, in minutes; one that was never read to its end says so."""
    most, never = target(METRIC, terms, "15"), sum(feed.minutes is None for feed in found)
    ages = [feed.minutes for feed in found if feed.minutes is not None]
    late = sum(age > most for age in ages)
    told = [f"{late} of {len(found)} feeds are older"] + [f"{never} never read"] * bool(never)
    return Figure(
        slug=METRIC,
        title="Data freshness",
        value=max(ages, default=None),
        unit="minutes",
        n=len(found),
        state=QUIET if not found else BREACH if late or never else GOOD,
        said=", ".join(told) if found else "no feed tells anything",
        objective=f"every feed within {plain(most)} minutes",
        measure=measure(METRIC, terms),
        parts={"late": late, "never": never},
    )


def telling() -> QuerySet[Any]:
    """The active flow agreements that tell milestones, each with `as_of`."""
    active = Agreement.objects.filter(status=AgreementStatus.ACTIVE, document__has_key="milestones")
    done = SyncRun.objects.filter(flow=OuterRef("flow"), state=RunState.DONE)
    last = done.order_by("-started_at").values("started_at")[:1]
    return active.defer("document").select_related("flow").annotate(as_of=Subquery(last))
