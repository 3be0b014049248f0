"""What the page of a change request shows beside the request itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from governance.agreements.lifecycle import AgreementStatus
from governance.agreements.models import Agreement
from governance.approvals import kinds, queries, subjects
from governance.flows.models import Flow
from integrations.cases.lifecycle import CLOSED
from integrations.cases.models import Case
from integrations.messages.lifecycle import OPEN_OPERATIONS
from integrations.messages.models import Operation
from integrations.messages.traffic import MONTH, Traffic, through
from portal.access import scopes
from portal.access.backend import domains
from portal.accounts.models import User

if TYPE_CHECKING:
    from governance.approvals.models import ChangeRequest
    from governance.approvals.queries import Detail, ItemView

NOT_INSTALLED = "not installed"


@dataclass(frozen=True, slots=True)
class Reach:
    """One flow that the change reaches, with what went through it in the trailing 30 days."""

    flow: Flow
    agreement: Any
    records: int | None
    """None: not for this person's eyes."""
    money: list[tuple[str, int]]
    """(currency, minor units), by currency."""
    open_operations: int
    open_cases: int


def impact(request: ChangeRequest, person: User, *, now: datetime) -> list[Reach]:
    """Every flow whose agreement may change; four queries for any number of them.

    Records and money are told to those who may read the flow's records.
    """
    ids: set[int] = set()
    for item in request.items.select_related(*kinds.KINDS):
        ids |= subjects.touched_flows(item.kind, item.subject)
    flows = list(
        Flow.objects.filter(pk__in=ids)
        .select_related("source__system", "target__system")
        .order_by("slug")
    )
    seen = through(scopes.messages(person).filter(flow__in=ids), since=now - MONTH)
    allowed = domains(person, "integrations.view_record")
    waiting = _counted(Operation.objects.filter(flow__in=ids, state__in=OPEN_OPERATIONS))
    cases = _counted(Case.objects.filter(flow__in=ids).exclude(state__in=CLOSED))
    active = Agreement.objects.filter(flow__in=ids, status=AgreementStatus.ACTIVE)
    running = {one.flow_id: one for one in active.defer("document", "labels")}
    return [
        Reach(
            flow=flow,
            agreement=running.get(flow.pk),
            records=(
                seen.get(flow.pk, Traffic()).records
                if allowed is None or flow.domain_id in allowed
                else None
            ),
            money=seen.get(flow.pk, Traffic()).by_currency(),
            open_operations=waiting.get(flow.pk, 0),
            open_cases=cases.get(flow.pk, 0),
        )
        for flow in flows
    ]


def _counted(rows: Any) -> dict[int, int]:
    return dict(rows.values_list("flow").annotate(number=Count("pk")))


def whole_money(reached: list[Reach]) -> list[tuple[str, int]]:
    """Sum over flows per currency."""
    totals: dict[str, int] = {}
    for one in reached:
        for currency, minor in one.money:
            totals[currency] = totals.get(currency, 0) + minor
    return sorted(totals.items())


def since_mine(found: Detail, person: Any) -> list[ItemView] | None:
    """What changed since the revision on which this person last voted; None if never or same."""
    mine = [vote.revision for vote in found.votes if vote.person_id == person.pk]
    if not mine or mine[-1].pk == found.revision.pk:
        return None
    return queries.between(mine[-1], found.revision)


MARKS = {"green": "yes", "red": "no", "not_run": "wait", "not_applicable": "na"}


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate as the panel shows it; `mark` is the component's word for its verdict."""

    title: str
    reason: str
    mark: str


@dataclass(frozen=True, slots=True)
class Gates:
    """Gates that said something, and how many are not installed."""

    shown: list[GateRow]
    green: int
    red: int
    absent: int


def gates(found: Detail) -> Gates:
    """What is not installed is counted, not listed; the tab *Checks* names each."""
    absent = [one for one in found.gates if one.reason == NOT_INSTALLED]
    said = [one for one in found.gates if one.reason != NOT_INSTALLED]
    return Gates(
        shown=[GateRow(one.title, one.reason, MARKS[one.verdict]) for one in said],
        green=sum(one.verdict == "green" for one in said),
        red=sum(one.verdict in {"red", "not_run"} for one in said),
        absent=len(absent),
    )
