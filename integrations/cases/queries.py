"""Reading the exception queue. Every list costs the same number of queries at any length."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from governance.agreements.models import Agreement
from integrations.cases.lifecycle import CLOSED, MOVES, CaseState, Move, Urgency
from integrations.cases.models import Case, CaseEvent, Correction, SignOff
from integrations.cases.money import Money, at_risk
from integrations.cases.problems import Problem, problems
from integrations.cases.search import parse
from integrations.messages.lifecycle import OperationState
from integrations.messages.models import Operation

__all__ = ["Money", "Problem", "problems"]

ORDER = ("urgency", "priority", "due_at", "id")
"""Breached first, then exposure, then due: ascending and without nulls, for keyset paging."""
SOON = timedelta(hours=2)
SIMILAR = 5
ALONE = (
    "claim",
    "correct",
    "send_to_author",
    "wait_for_change",
    "snooze",
    "pick",
    "found",
    "resend",
    "replay",
    "dismiss",
)
"""Moves that are closed to others while somebody has claimed the case."""


def live(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Those that are not closed."""
    return rows.exclude(state__in=CLOSED)


def queue(
    rows: QuerySet[Case],
    *,
    search: str = "",
    view: str = "",
    person: int = 0,
    domains: Collection[int] | None = None,
    now: datetime,
) -> QuerySet[Case]:
    """Open cases among `rows`, narrowed and ordered; a `state:` token reaches closed ones too.

    `domains`: where the person works on cases; None for everywhere.
    """
    asked = parse(search, now=now)
    if "state:" not in search.lower():
        rows = live(rows)
    if view != "snoozed":
        rows = rows.filter(awake(now))
    if view:
        rows = rows.filter(views(person=person, domains=domains, now=now)[view])
    found = rows.filter(asked.where).select_related("flow", "domain", "claimed_by", "message")
    return with_followers(found).order_by(*ORDER)


def with_followers(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Adds `followers`: operations that wait silently behind the failed one."""
    behind = (
        Operation.objects.filter(
            lane__blocked_by=OuterRef("operation_id"), state=OperationState.PLANNED
        )
        .order_by()
        .values("lane__blocked_by")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return rows.annotate(followers=Coalesce(Subquery(behind), 0))


def followers(case: Case) -> int:
    """How many operations are released when this case's root is."""
    if case.operation_id is None:
        return 0
    waiting = Operation.objects.filter(state=OperationState.PLANNED)
    return waiting.filter(lane__blocked_by=case.operation_id).count()


def awake(now: datetime) -> Q:
    """Not snoozed."""
    return Q(snoozed_until=None) | Q(snoozed_until__lte=now)


def views(*, person: int, domains: Collection[int] | None = None, now: datetime) -> dict[str, Q]:
    """The left pane: what each named view holds among the open cases."""
    blocking = Operation.objects.filter(
        lane__blocked_by=OuterRef("operation_id"), state=OperationState.PLANNED
    )
    return {
        "mine": Q(claimed_by=person),
        "unclaimed": Q(claimed_by=None),
        "role": Q() if domains is None else Q(domain__in=domains),
        "breached": Q(urgency=Urgency.BREACHED),
        "breaching": Q(due_at__gt=now, due_at__lte=now + SOON),
        "blocking": Q(Exists(blocking)),
        "waiting_signature": Q(state=CaseState.WAITING_SIGNATURE),
        "waiting_source": Q(state=CaseState.WAITING_SOURCE),
        "waiting_change": Q(state=CaseState.WAITING_CHANGE),
        "snoozed": ~awake(now),
    }


def view_counts(
    rows: QuerySet[Case],
    *,
    person: int,
    domains: Collection[int] | None = None,
    now: datetime,
) -> dict[str, int]:
    """How many open cases each view holds; one query. Snoozed ones stand only under their own."""
    named = views(person=person, domains=domains, now=now)
    seen = awake(now)
    counted = {
        name: Count("pk", filter=where if name == "snoozed" else where & seen)
        for name, where in named.items()
    }
    counts: dict[str, int] = live(rows).aggregate(open=Count("pk", filter=seen), **counted)
    return counts


@dataclass(frozen=True, slots=True)
class Totals:
    """N open · money at risk per currency · breached · oldest."""

    open: int
    breached: int
    breaching: int
    oldest: datetime | None
    at_risk: list[Money]


def totals(rows: QuerySet[Case], *, now: datetime) -> Totals:
    """The line above the list; two queries, never a sum over mixed currencies."""
    rows = rows.order_by()
    counted = rows.aggregate(
        open=Count("pk"),
        breached=Count("pk", filter=Q(urgency=Urgency.BREACHED)),
        breaching=Count("pk", filter=Q(due_at__gt=now, due_at__lte=now + SOON)),
        oldest=Min("opened_at"),
    )
    return Totals(**counted, at_risk=at_risk(rows).get("", []))


def similar_solved(case: Case) -> list[Case]:
    """How the same problem ended before, newest first."""
    rows = Case.objects.filter(fingerprint=case.fingerprint, state__in=CLOSED)
    return list(rows.select_related("closed_by").order_by("-closed_at", "-pk")[:SIMILAR])


def waiting_for_activation() -> QuerySet[Case]:
    """Cases whose change request has activated an agreement of their flow."""
    activated = Agreement.objects.filter(
        flow=OuterRef("flow"), activations__request=OuterRef("change_request")
    )
    return Case.objects.filter(Exists(activated), state=CaseState.WAITING_CHANGE).annotate(
        root=Coalesce(F("message"), F("operation__message"))
    )


def allowed_moves(case: Case, person: Any) -> dict[str, Move]:
    """The buttons: what this person may do to this case now."""
    theirs = case.claimed_by_id not in (None, person.pk)
    return {
        name: move
        for name, move in MOVES.items()
        if move.fits(state=case.state, klass=case.klass)
        and person.has_perm(move.permission, case)
        and not (theirs and name in ALONE)
        and not (name == "claim" and case.claimed_by_id is not None)
        and not (name == "release" and case.claimed_by_id is None)
        and not (name == "snooze" and case.snoozed_until is not None)
        and not (name == "unsnooze" and case.snoozed_until is None)
        and not (name == "sign" and person.pk in askers(case))
    }


def askers(case: Case) -> set[int]:
    """Who asked for what waits for a second signature."""
    asked = SignOff.objects.filter(case=case, signed_at=None, refused_at=None)
    proposed = Correction.objects.filter(case=case, state=Correction.State.PROPOSED)
    found = [*asked.values_list("asked_by", flat=True)]
    found += proposed.values_list("proposed_by", flat=True)
    return {pk for pk in found if pk is not None}


def history(case: Case) -> list[CaseEvent]:
    """Everything that happened to the case, oldest first."""
    return list(case.events.select_related("by").order_by("pk"))
