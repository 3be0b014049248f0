"""Reading change requests: lists, one request in full, what a person may and should do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from governance.approvals import bases, kinds, seats, steps, subjects
from governance.approvals.diffs import Difference, differences
from governance.approvals.lifecycle import HOLDING, OPEN, State
from governance.approvals.models import (
    Activation,
    ChangeItem,
    ChangeRequest,
    Comment,
    GateResult,
    Revision,
    Vote,
)
from governance.approvals.moves import Offer, allowed_moves
from governance.approvals.rules import Rule, fits, holders, rule, seating
from governance.audit import queries as audit_queries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from governance.audit.models import AuditEntry
    from governance.ownership.models import Governed

__all__ = [
    "Detail",
    "ItemView",
    "Offer",
    "Standing",
    "about",
    "allowed_moves",
    "between",
    "detail",
    "history",
    "listing",
    "open_by_row",
    "open_for",
    "pending_for",
    "standings",
]

ORDER = ("-touched_at", "-id")
"""Of every list: total, so that pages can be keyed by it."""

GROUPS = {"open": OPEN, "in_review": (State.IN_REVIEW,), "waiting": HOLDING}


def listing(*, group: str = "", text: str = "", domain: str = "") -> QuerySet[ChangeRequest]:
    """Requests, most recently touched first. `group`: one of GROUPS, a state, or all."""
    rows = ChangeRequest.objects.select_related("domain", "opened_by").order_by(*ORDER)
    if group:
        rows = rows.filter(state__in=GROUPS.get(group, (group,)))
    if domain:
        rows = rows.filter(domain__slug=domain)
    for word in text.split():
        number = word.upper().removeprefix("CR-")
        by_number = Q(pk=int(number)) if number.isdecimal() else Q()
        rows = rows.filter(Q(title__icontains=word) | Q(description__icontains=word) | by_number)
    return rows


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item as a reader compares it: `before` is None where nothing was active."""

    kind: str
    label: str
    slug: str
    before: dict[str, Any] | None
    after: dict[str, Any]
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Standing:
    """One rule and how far it is met; `waiting` could still fill it."""

    rule: Rule
    votes: list[Vote]
    waiting: list[Any]
    since: datetime

    @property
    def met(self) -> bool:
        """Enough different people sit here."""
        return len(self.votes) >= self.rule.count


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything that the page of one request shows."""

    request: ChangeRequest
    revision: Revision
    revisions: list[Revision]
    items: list[ItemView]
    gates: list[GateResult]
    standings: list[Standing]
    votes: list[Vote]
    """Of every revision, voided ones too, oldest first."""
    comments: list[Comment]
    activation: Activation | None
    moved: list[str]
    """What became active since this revision was written, while it is still open."""


def detail(request: ChangeRequest, *, now: datetime) -> Detail:
    """One request in full, in a number of queries that does not grow with its items."""
    revisions = list(request.revisions.select_related("author").order_by("number"))
    revision = revisions[-1]
    votes = list(request.votes.select_related("person", "revision").order_by("at", "pk"))
    live = [one for one in votes if one.revision_id == revision.pk and one.voided_at is None]
    parsed = subjects.parse_items(revision.content)
    activation = Activation.objects.filter(revision=revision).first()
    today = bases.base(parsed) if request.state in OPEN else {}
    return Detail(
        request=request,
        revision=revision,
        revisions=revisions,
        items=_item_views(parsed, activation),
        gates=list(revision.gate_results.order_by("pk")),
        standings=_standings(request, revisions, live, now=now),
        votes=votes,
        comments=list(request.comments.select_related("person", "revision").order_by("at", "pk")),
        activation=activation,
        moved=[name for name in today if today[name] != revision.base.get(name)],
    )


def _item_views(parsed: Sequence[subjects.Item], activation: Activation | None) -> list[ItemView]:
    """Against what is active, or, once activated, against what was active then."""
    if activation is None:
        befores = bases.befores(parsed)
    else:
        held = {(one["kind"], one["slug"]): one["document"] for one in activation.previous}
        by_place = _replaced(parsed, activation)
        befores = [
            held.get((item.kind, item.slug)) or by_place.get((item.kind, item.slug))
            for item in parsed
        ]
    return [_view(item, old) for item, old in zip(parsed, befores, strict=True)]


def _replaced(
    parsed: Sequence[subjects.Item], activation: Activation
) -> dict[tuple[str, str], dict[str, Any]]:
    """New version → the document of the version that stepped aside for it."""
    found = {}
    for item in parsed:
        lineage = bases.LINEAGES.get(item.kind)
        for one in activation.previous if lineage else ():
            old = one["document"]
            if lineage and old and one["kind"] == item.kind:
                same = old[lineage.parent] == item.document[lineage.parent]
                if same and bases.line(old) == bases.line(item.document):
                    found[item.kind, item.slug] = old
    return found


def _view(item: subjects.Item, before: dict[str, Any] | None) -> ItemView:
    return ItemView(
        kind=item.kind,
        label=kinds.KINDS[item.kind].label,
        slug=item.slug,
        before=before,
        after=item.document,
        differences=differences(before, item.document),
    )


def between(older: Revision, newer: Revision) -> list[ItemView]:
    """What an author changed from one revision to another; an item that went has no `after`."""
    held = {(one["kind"], one["slug"]): one["document"] for one in older.content}
    parsed = subjects.parse_items(newer.content)
    views = [_view(item, held.pop((item.kind, item.slug), None)) for item in parsed]
    gone = [
        ItemView(kind, kinds.KINDS[kind].label, slug, old, {}, differences(old, None))
        for (kind, slug), old in held.items()
    ]
    return [one for one in (*views, *gone) if one.differences]


def standings(request: ChangeRequest, *, now: datetime) -> list[Standing]:
    """The vote table: each rule, who sits there, who could."""
    revisions = list(request.revisions.order_by("number"))
    live = Vote.objects.filter(revision=revisions[-1], voided_at=None).select_related("person")
    return _standings(request, revisions, list(live.order_by("at", "pk")), now=now)


def _standings(
    request: ChangeRequest, revisions: list[Revision], live: list[Vote], *, now: datetime
) -> list[Standing]:
    rules = steps.snapshot(request)
    approved = {one.person_id: one for one in live if one.verdict == "approve"}
    everyone = _able(request, rules, frozenset(r.author_id for r in revisions), now=now)
    can = {person: everyone.get(person, frozenset()) for person in approved}
    taken = seating(rules, can)
    people = get_user_model()._default_manager.in_bulk(list(everyone))
    since = max(revisions[-1].created_at, request.submitted_at or revisions[-1].created_at)
    return [
        Standing(
            rule=one,
            votes=[approved[p] for p in holders(rules, number, taken, can)],
            waiting=[
                people[p] for p, able in everyone.items() if number in able and p not in approved
            ],
            since=since,
        )
        for number, one in enumerate(rules)
    ]


def _able(
    request: ChangeRequest, rules: list[Rule], wrote: frozenset[int], *, now: datetime
) -> dict[int, frozenset[int]]:
    """Person → numbers of the rules that they could meet, none of them an author."""
    can = fits(rules, seats.seats(now=now).except_for(wrote), None)
    if request.is_foundation:
        active = seats.named(rules)
        can = {p: able for p, able in can.items() if p in active and p not in wrote}
    return {p: able for p, able in can.items() if able}


def pending_for(person: Any, *, now: datetime) -> list[ChangeRequest]:
    """My approvals: in review, I could take a seat, I wrote none of it and have not voted."""
    filled = seats.seats(now=now)
    rows = listing(group="in_review").prefetch_related("revisions", "votes")
    return [one for one in rows if _waits_for(one, person, filled)]


def _waits_for(request: ChangeRequest, person: Any, filled: seats.Seats) -> bool:
    revisions = list(request.revisions.all())
    if person.pk in {one.author_id for one in revisions}:
        return False
    current = next(one.pk for one in revisions if one.number == request.revision_number)
    if any(
        one.person_id == person.pk and one.revision_id == current and one.voided_at is None
        for one in request.votes.all()
    ):
        return False
    return any(
        person.pk in (one.people or filled.who(one.seat, one.domain))
        for one in map(rule, request.rules)
    )


def open_for(row: Governed) -> ChangeRequest | None:
    """The request that would change this row: what the catalogue shows as *in review*."""
    return open_by_row(row.KIND, [row.pk]).get(row.pk)


def open_by_row(kind: str, rows: Iterable[int]) -> dict[int, ChangeRequest]:
    """Row id → its open request, one submitted before a mere draft; one query for any number."""
    items = ChangeItem.objects.filter(
        **{f"{kind}__in": list(rows)}, request__state__in=OPEN
    ).select_related("request")
    found: dict[int, ChangeRequest] = {}
    for item in sorted(items, key=lambda one: (one.request.state != State.DRAFT, one.request_id)):
        found[getattr(item, f"{kind}_id")] = item.request
    return found


def about(row: Governed) -> QuerySet[ChangeRequest]:
    """Every request that names this row, newest first."""
    rows = ChangeRequest.objects.filter(**{f"items__{row.KIND}": row.pk})
    return rows.select_related("opened_by").order_by("-pk")


def history(request: ChangeRequest) -> QuerySet[AuditEntry]:
    """Every decision on the request, oldest first."""
    return audit_queries.of_request(request.pk)
