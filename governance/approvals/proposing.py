"""Opening, revising, submitting, withdrawing and rolling back change requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from governance import clock
from governance.approvals import assessing, bases, gating, notices, steps, subjects, verdicts
from governance.approvals.lifecycle import (
    HOLDING,
    PROPOSE,
    RiskClass,
    State,
    after_edit,
    refuse_unless_legal,
)
from governance.approvals.models import ChangeRequest, Vote
from governance.approvals.revisions import Items, add_revision, create, record_opening
from governance.approvals.steps import move
from governance.errors import (
    Conflict,
    InvalidDocument,
    PermissionRefused,
    TransitionRefused,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from governance.approvals.subjects import Item


def open_request(
    *,
    by: Any,
    title: str,
    items: Items,
    description: str = "",
    note: str = "",
    raise_to: str = "",
    rollback_of: ChangeRequest | None = None,
    now: datetime | None = None,
) -> ChangeRequest:
    """A draft with its first revision. `items` are `{kind, document}`.

    Raises InvalidDocument with a pointer such as `/items/3/document/rules/0`, PermissionRefused.
    """
    moment = now or clock.now()
    parsed = subjects.parse_items(items)
    _refuse_outsider(by, parsed)
    verdicts.warm(parsed)
    with transaction.atomic():
        request = create(
            by=by,
            title=title,
            description=description,
            raised_to=_known_class(raise_to),
            rollback_of=rollback_of,
            now=moment,
        )
        add_revision(request, items, by=by, note=note, now=moment)
        record_opening(request, by=by, reason=note, now=moment)
    return request


def _refuse_outsider(by: Any, parsed: Sequence[Item]) -> None:
    slugs, firm_wide = bases.domains(parsed)
    steps.refuse_without(by, PROPOSE, slugs, firm_wide=firm_wide)


def _known_class(name: str) -> str:
    if name and name not in list(RiskClass):
        raise InvalidDocument(
            f"there is no class {name!r}; classes: {', '.join(RiskClass)}", pointer="/raise_to"
        )
    return name


@transaction.atomic
def propose(
    *,
    by: Any,
    title: str,
    items: Items,
    description: str = "",
    note: str = "",
    now: datetime | None = None,
) -> ChangeRequest:
    """Open and submit in one act: a request that cannot be reviewed leaves no draft behind."""
    opened = open_request(
        by=by, title=title, items=items, description=description, note=note, now=now
    )
    return submit(request=opened, by=by, reason=note, now=now)


def revise(
    *,
    request: ChangeRequest,
    by: Any,
    items: Items,
    seen: str,
    note: str = "",
    now: datetime | None = None,
) -> ChangeRequest:
    """A new revision on today's base. In review, every vote so far is for other content: void."""
    moment = now or clock.now()
    parsed = subjects.parse_items(items)
    verdicts.warm(parsed)
    with transaction.atomic():
        request = steps.locked(request)
        refuse_unless_legal("edit", state=request.state)
        revision = steps.current(request)
        steps.refuse_stale(revision, seen)
        _refuse_stranger(request, by, parsed)
        add_revision(request, items, by=by, note=note, now=moment)
        if steps.current(request).digest == revision.digest:
            raise InvalidDocument("nothing differs from the revision before", pointer="/items")
        return _after_edit(request, by=by, note=note, now=moment)


def _after_edit(request: ChangeRequest, *, by: Any, note: str, now: datetime) -> ChangeRequest:
    to, rules = after_edit(request.state), request.rules
    if to == State.IN_REVIEW:
        _refuse_rivals(request)
        _void_votes(request, now=now)
        rules = review_rules(request, now=now)
    move(request, "edit", to=to, by=by, now=now, reason=note, rules=rules)
    if to == State.IN_REVIEW:
        steps.votes_done(request, now=now)
        notices.ask(request, now=now)
    return request


def _refuse_stranger(request: ChangeRequest, by: Any, parsed: Sequence[Item]) -> None:
    """An empty portal has no grants: its foundation is edited by whoever opened it."""
    if not request.is_foundation:
        _refuse_outsider(by, parsed)
    elif by.pk != request.opened_by_id:
        raise PermissionRefused("only who opened the foundation may edit it")


def submit(
    *, request: ChangeRequest, by: Any, reason: str = "", now: datetime | None = None
) -> ChangeRequest:
    """Ask for review: every gate open, nobody else holds these things, every seat can be taken."""
    verdicts.warm(subjects.parse_items(steps.current(request).content))
    with transaction.atomic():
        return _submit(steps.locked(request), by=by, reason=reason, now=now or clock.now())


def _submit(request: ChangeRequest, *, by: Any, reason: str, now: datetime) -> ChangeRequest:
    refuse_unless_legal("submit", state=request.state)
    revision = steps.current(request)
    parsed = subjects.parse_items(revision.content)
    _refuse_stranger(request, by, parsed)
    _refuse_rivals(request)
    steps.refuse_moved_base(revision, parsed)
    gating.refuse_closed(gating.run_all(request, revision, now=now))
    _void_votes(request, now=now)
    move(
        request,
        "submit",
        to=State.IN_REVIEW,
        by=by,
        now=now,
        reason=reason,
        rules=review_rules(request, now=now),
        submitted_at=now,
    )
    notices.ask(request, now=now)
    return request


def review_rules(request: ChangeRequest, *, now: datetime) -> list[dict[str, Any]]:
    """The snapshot for the current revision. Raises TransitionRefused if a seat stays empty."""
    if request.is_foundation:
        _refuse_missing_signers(request, now=now)
        return list(request.rules)
    parsed = subjects.parse_items(steps.current(request).content)
    found = assessing.assess(parsed, raised_to=request.raised_to)
    who = steps.eligible(request, now=now)
    rules = assessing.rules_for(parsed, found, who, held=steps.snapshot(request))
    assessing.refuse_unmeetable(rules, who)
    return [one.plain() for one in rules]


def _refuse_missing_signers(request: ChangeRequest, *, now: datetime) -> None:
    needed = sum(one.count for one in steps.snapshot(request))
    if len(steps.able(request, None, now=now)) < needed:
        raise TransitionRefused(f"the foundation needs {needed} signers who did not write it")


def _refuse_rivals(request: ChangeRequest) -> None:
    """Conflict when another request in review or beyond holds one of the same things."""
    for item in sorted(request.items.all(), key=lambda one: (one.kind, one.subject.pk)):
        row = item.subject
        type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
        rival = (
            ChangeRequest.objects.filter(**{f"items__{item.kind}": row.pk}, state__in=HOLDING)
            .exclude(pk=request.pk)
            .first()
        )
        if rival is not None:
            raise Conflict(
                f"{item.kind.replace('_', ' ')} {row.slug} is in {rival} already, which is "
                f"{rival.state.replace('_', ' ')}; wait for it or have it withdrawn"
            )


def _void_votes(request: ChangeRequest, *, now: datetime) -> None:
    """Votes stay as evidence; none of them counts any more."""
    Vote.objects.filter(request=request, voided_at=None).update(voided_at=now)


@transaction.atomic
def withdraw(
    *, request: ChangeRequest, by: Any, reason: str = "", now: datetime | None = None
) -> ChangeRequest:
    """Its authors may take it back until it is active."""
    moment = now or clock.now()
    request = steps.locked(request)
    refuse_unless_legal("withdraw", state=request.state)
    if by.pk not in steps.authors(request) | {request.opened_by_id}:
        raise PermissionRefused("only its authors may withdraw a change request")
    return move(
        request, "withdraw", to=State.WITHDRAWN, by=by, now=moment, reason=reason, closed_at=moment
    )


@transaction.atomic
def rollback(
    *, request: ChangeRequest, by: Any, reason: str, now: datetime | None = None
) -> ChangeRequest:
    """A new request, submitted at once, that proposes what was active before this one."""
    moment = now or clock.now()
    request = ChangeRequest.objects.get(pk=request.pk)
    refuse_unless_legal("rollback", state=request.state)
    return _propose_return(request, by=by, reason=reason, now=moment)


def _propose_return(
    request: ChangeRequest, *, by: Any, reason: str, now: datetime
) -> ChangeRequest:
    activation = request.activations.order_by("-at").first()
    items = [one for one in activation.previous if one["document"]] if activation else []
    if not items:
        raise TransitionRefused(
            "this request only registered new things: there is nothing earlier to return to"
        )
    opened = open_request(
        by=by,
        title=f"Return to what was before {request}"[:200],
        description=reason,
        items=items,
        note=reason,
        rollback_of=request,
        now=now,
    )
    return submit(request=opened, by=by, reason=reason, now=now)
