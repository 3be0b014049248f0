"""What runs under the rows of the catalogue: flows with their agreement, last run and traffic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from governance.agreements.lifecycle import AgreementStatus
from governance.agreements.models import Agreement
from governance.approvals.models import Activation
from governance.flows.models import Flow
from governance.ownership.lifecycle import Status
from integrations.cases.lifecycle import CLOSED
from integrations.messages.traffic import MONTH, Traffic, through
from integrations.sync.models import SyncRun
from portal.access import scopes
from portal.access.backend import domains
from portal.accounts.models import User

RECENT = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One flow. Runs, cases and money are those that the person may see; None: not theirs."""

    flow: Flow
    agreement: Agreement | None
    last: SyncRun | None
    open_cases: int | None
    traffic: Traffic | None

    @property
    def records(self) -> int | None:
        """Of the trailing 30 days."""
        return self.traffic.records if self.traffic is not None else None

    @property
    def money(self) -> list[tuple[str, int]]:
        """The same, per currency in minor units."""
        return self.traffic.by_currency() if self.traffic is not None else []

    @property
    def version(self) -> str:
        """The data contract's line that it follows."""
        return str(self.flow.document["contract"]).rpartition("@")[2]


def flows() -> QuerySet[Flow]:
    """Those that are in force or proposed, by name, with all that a line names."""
    return (
        Flow.objects.exclude(status__in=[Status.RETIRED, Status.SUPERSEDED])
        .select_related("source__system", "target__system", "contract", "entity", "domain")
        .order_by("name", "pk")
    )


def lines(
    person: User,
    rows: Iterable[Flow],
    *,
    now: datetime,
    traffic: Mapping[int, Traffic] | None = None,
) -> list[Line]:
    """Five queries for any number of flows; one less where `traffic` of all is known."""
    found = list(rows)
    ids = [flow.pk for flow in found]
    running = {one.flow_id: one for one in _active(ids)}
    newest = _last(person, ids)
    cases = _open_cases(person, ids)
    seen = traffic
    if seen is None:
        seen = through(scopes.messages(person).filter(flow__in=ids), since=now - MONTH)
    sees_cases = domains(person, "integrations.view_case")
    sees_money = domains(person, "integrations.view_record")
    return [
        Line(
            flow,
            running.get(flow.pk),
            newest.get(flow.pk),
            cases.get(flow.pk, 0) if _within(flow, sees_cases) else None,
            seen.get(flow.pk, Traffic()) if _within(flow, sees_money) else None,
        )
        for flow in found
    ]


def _within(flow: Flow, allowed: set[int] | None) -> bool:
    return allowed is None or flow.domain_id in allowed


def _active(ids: list[int]) -> QuerySet[Agreement]:
    rows = Agreement.objects.filter(flow__in=ids, status=AgreementStatus.ACTIVE)
    return rows.defer("document", "labels")


def _last(person: User, ids: list[int]) -> dict[int, SyncRun]:
    """The newest run of each flow, found by index and not among all runs."""
    newest = SyncRun.objects.filter(flow=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    flows = Flow.objects.filter(pk__in=ids).annotate(newest=Subquery(newest))
    wanted = [run for run in flows.values_list("newest", flat=True) if run]
    return {run.flow_id: run for run in scopes.runs(person).filter(pk__in=wanted)}


def _open_cases(person: User, ids: list[int]) -> dict[int, int]:
    rows = scopes.cases(person).filter(flow__in=ids).exclude(state__in=CLOSED)
    return dict(rows.values_list("flow").annotate(number=Count("pk")).order_by())


def together(found: Iterable[Line]) -> Traffic:
    """Sum over lines."""
    total = Traffic()
    for line in found:
        if line.traffic is not None:
            total.add(line.traffic)
    return total


def of_system(system: int) -> QuerySet[Flow]:
    """Flows from or to a system."""
    return flows().filter(Q(source__system=system) | Q(target__system=system))


def of_api(api: Any) -> list[tuple[Flow, str]]:
    """Flows that use an interface, and the version that they were built against."""
    found = []
    for flow in of_system(api.system_id):
        pinned = _pinned(flow, api)
        if pinned is not None:
            found.append((flow, pinned))
    return found


def _pinned(flow: Flow, api: Any) -> str | None:
    """The version that a side names; empty where it names none and only the system fits."""
    for side, at in (("source", flow.source), ("target", flow.target)):
        named, _, version = str(flow.document[side].get("api", "")).partition("@")
        if named == api.slug:
            return version
        if not named and at.system_id == api.system_id:
            return ""
    return None


def agreements(flow: int) -> list[Agreement]:
    """Every flow agreement of a flow, newest first, with the change requests that made it run."""
    activations = Activation.objects.select_related("request").order_by("at")
    rows = Agreement.objects.filter(flow=flow).defer("document", "labels")
    return list(rows.prefetch_related(Prefetch("activations", activations)).order_by("-number"))


def recent(person: User, flow: int) -> list[SyncRun]:
    """Its last runs, as far as the person may see them."""
    rows = scopes.runs(person).filter(flow=flow).select_related("agreement")
    return list(rows.defer("agreement__document").order_by("-pk")[:RECENT])
