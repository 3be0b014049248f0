"""What every transition does: lock, compare and swap, write the audit entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.approvals import bases, seats
from governance.approvals.lifecycle import State
from governance.approvals.models import ChangeRequest, Revision
from governance.approvals.rules import Rule, fits, rule
from governance.audit import services as audit
from governance.errors import PermissionRefused, StaleRevision, TransitionRefused
from governance.notifications import services as notifications
from governance.notifications.lifecycle import Kind
from governance.ownership.models import Domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from governance.approvals.rules import Who
    from governance.approvals.subjects import Item


def locked(request: ChangeRequest) -> ChangeRequest:
    """The row as it is now; nobody else moves it until this transaction ends."""
    return ChangeRequest.objects.select_for_update().get(pk=request.pk)


def current(request: ChangeRequest) -> Revision:
    """The revision that is on the table."""
    return Revision.objects.get(request=request, number=request.revision_number)


def authors(request: ChangeRequest) -> frozenset[int]:
    """Ids of everyone who wrote a revision."""
    return frozenset(Revision.objects.filter(request=request).values_list("author_id", flat=True))


def snapshot(request: ChangeRequest) -> list[Rule]:
    """The rules as they were when the revision was submitted."""
    return [rule(one) for one in request.rules]


def eligible(request: ChangeRequest, *, now: datetime) -> Who:
    """(seat, domain) → who may sit there for this request: no author of any revision."""
    return seats.seats(now=now).except_for(authors(request))


def able(
    request: ChangeRequest, people: Iterable[int] | None, *, now: datetime
) -> dict[int, frozenset[int]]:
    """Person → numbers of the rules whose seats they could take now."""
    rules = snapshot(request)
    can = fits(rules, eligible(request, now=now), people)
    if not any(one.people for one in rules):
        return can
    wrote, active = authors(request), seats.named(rules)
    return {p: able for p, able in can.items() if p in active and p not in wrote}


def refuse_stale(revision: Revision, seen: str) -> None:
    """A person acts on exactly what was shown."""
    if seen != revision.digest:
        raise StaleRevision(
            f"revision {revision.number} ({revision.digest[:8]}) is current, but you saw "
            f"{seen[:8] or 'none'}; read it again"
        )


def refuse_moved_base(revision: Revision, parsed: Sequence[Item]) -> None:
    """StaleRevision when something that the proposal was made against is active no longer."""
    today = bases.base(parsed)
    if moved := [name for name in today if today[name] != revision.base.get(name)]:
        raise StaleRevision(
            f"{', '.join(moved)} changed since revision {revision.number} was written; edit the "
            "request so that it stands on what is active now"
        )


def refuse_without(by: Any, permission: str, domains: Sequence[str], *, firm_wide: bool) -> None:
    """The permission is needed in every domain touched; what is firm-wide needs it firm-wide."""
    rows = {row.slug: row for row in Domain.objects.filter(slug__in=domains)}
    for slug in domains:
        if not by.has_perm(permission, rows.get(slug, Domain())):
            raise PermissionRefused(f"you may not propose changes in {slug}; ask its owner to")
    if firm_wide and not by.has_perm(permission, Domain()):
        raise PermissionRefused("you may not propose changes that hold in the whole firm")


def move(
    request: ChangeRequest,
    name: str,
    *,
    to: State,
    by: Any,
    now: datetime,
    reason: str = "",
    said: dict[str, Any] | None = None,
    **fields: Any,
) -> ChangeRequest:
    """Swap the state if nothing moved meanwhile, and record it: the only writer of `state`."""
    before = State(request.state)
    changes = {"state": to, "touched_at": now, **fields}
    swapped = ChangeRequest.objects.filter(
        pk=request.pk, state=before, revision_number=request.revision_number
    ).update(**changes)
    if swapped != 1:
        raise TransitionRefused("the change request moved meanwhile; read it again")
    for field, value in changes.items():
        setattr(request, field, value)
    audit.record(
        f"change.{name}",
        subject=request,
        by=by,
        reason=reason,
        before={"state": before},
        after={"state": to, "revision": request.revision_number, **(said or {})},
        change_request=request.pk,
        revision_hash=_digest(request),
        at=now,
    )
    if before == State.IN_REVIEW and to != State.IN_REVIEW:
        votes_done(request, now=now)
    return request


def votes_done(request: ChangeRequest, *, now: datetime, person: Any = None) -> None:
    """Nobody (or not this person) is asked for a vote any more."""
    asked = (Kind.VOTE_ASKED, Kind.VOTE_WAITING)
    notifications.moot(kinds=asked, about=("change", str(request.pk)), person=person, now=now)


def _digest(request: ChangeRequest) -> str:
    rows = Revision.objects.filter(request=request, number=request.revision_number)
    return rows.values_list("digest", flat=True).first() or ""
