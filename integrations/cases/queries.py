"""Reading the exception queue. Every list costs the same number of queries at any length."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from governance.agreements.models import Agreement
from integrations.cases.lifecycle import CLOSED, MOVES, CaseState, Move, Urgency
from integrations.cases.models import Case, CaseEvent, Correction, SignOff
from integrations.cases.search import parse
from integrations.messages.lifecycle import OperationState
from integrations.messages.models import Operation

ORDER = ("urgency", "priority", "due_at", "id")
"""Breached first, then exposure, then due: ascending and without nulls, for keyset paging."""
SOON = timedelta(hours=2)
SIMILAR = 5
ALONE = (
    "claim",
    "correct",
    "send_to_author",
    "wait_for_change",
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
    rows: QuerySet[Case], *, search: str = "", view: str = "", person: int = 0, now: datetime
) -> QuerySet[Case]:
    """Open cases among `rows`, narrowed and ordered; a `state:` token reaches closed ones too."""
    asked = parse(search, now=now)
    if "state:" not in search.lower():
        rows = live(rows)
    if view:
        rows = rows.filter(views(person=person, now=now)[view])
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


def views(*, person: int, now: datetime) -> dict[str, Q]:
    """The left pane: what each named view holds among the open cases."""
    blocking = Operation.objects.filter(
        lane__blocked_by=OuterRef("operation_id"), state=OperationState.PLANNED
    )
    return {
        "mine": Q(claimed_by=person),
        "unclaimed": Q(claimed_by=None),
        "breached": Q(urgency=Urgency.BREACHED),
        "breaching": Q(due_at__gt=now, due_at__lte=now + SOON),
        "blocking": Q(Exists(blocking)),
        "waiting_signature": Q(state=CaseState.WAITING_SIGNATURE),
        "waiting_source": Q(state=CaseState.WAITING_SOURCE),
        "waiting_change": Q(state=CaseState.WAITING_CHANGE),
    }


def view_counts(rows: QuerySet[Case], *, person: int, now: datetime) -> dict[str, int]:
    """How many open cases each view holds; one query."""
    named = views(person=person, now=now)
    counts: dict[str, int] = live(rows).aggregate(
        open=Count("pk"), **{name: Count("pk", filter=where) for name, where in named.items()}
    )
    return counts


@dataclass(frozen=True, slots=True)
class Money:
    """Minor units of one currency."""

    currency: str
    minor: int


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
    return Totals(**counted, at_risk=_money(rows).get("", []))


@dataclass(frozen=True, slots=True)
class Problem:
    """Cases with one fingerprint; `sample` stands for them."""

    fingerprint: str
    sample: Case
    count: int
    records: int
    breached: int
    claimed: int
    due_at: datetime
    opened_at: datetime
    at_risk: list[Money]


def problems(rows: QuerySet[Case], *, limit: int = 50, offset: int = 0) -> list[Problem]:
    """Groups in the order of the queue: worst case first; three queries."""
    groups: list[Any] = list(
        rows.order_by()
        .values("fingerprint")
        .annotate(
            count=Count("pk"),
            records=Count("message", distinct=True),
            breached=Count("pk", filter=Q(urgency=Urgency.BREACHED)),
            claimed=Count("claimed_by"),
            first_urgency=Min("urgency"),
            exposure=Sum("priority"),
            first_due=Min("due_at"),
            since=Min("opened_at"),
            newest=Max("pk"),
        )
        .order_by("first_urgency", "exposure", "first_due", "fingerprint")[offset : offset + limit]
    )
    marks = [group["fingerprint"] for group in groups]
    money = _money(rows.filter(fingerprint__in=marks), by="fingerprint")
    samples = Case.objects.select_related("flow", "domain", "claimed_by").in_bulk(
        [group["newest"] for group in groups]
    )
    return [_problem(group, samples[group["newest"]], money) for group in groups]


def _problem(group: dict[str, Any], sample: Case, money: dict[str, list[Money]]) -> Problem:
    mark = group["fingerprint"]
    return Problem(
        fingerprint=mark,
        sample=sample,
        count=group["count"],
        records=group["records"],
        breached=group["breached"],
        claimed=group["claimed"],
        due_at=group["first_due"],
        opened_at=group["since"],
        at_risk=money.get(mark, []),
    )


def _money(rows: QuerySet[Case], *, by: str = "") -> dict[str, list[Money]]:
    """Exposure per currency, and per value of `by` where asked."""
    names = [by, "currency"] if by else ["currency"]
    sums = (
        rows.filter(amount_minor__isnull=False)
        .order_by()
        .values(*names)
        .annotate(minor=-Sum("priority"))
        .order_by("-minor", "currency")
    )
    found: dict[str, list[Money]] = {}
    for row in sums:
        found.setdefault(row[by] if by else "", []).append(Money(row["currency"], row["minor"]))
    return found


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
