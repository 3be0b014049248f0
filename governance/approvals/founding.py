"""The foundation: how an empty portal comes to have its first people with a say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from governance import clock
from governance.approvals import proposing
from governance.approvals.revisions import Items, add_revision, create, record_opening
from governance.approvals.rules import Rule
from governance.errors import Conflict, SeparationOfDuties
from governance.ownership.lifecycle import Seat, Status
from governance.ownership.models import Domain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from governance.approvals.models import ChangeRequest

SIGNERS = 2


@transaction.atomic
def open_foundation(
    *,
    by: Any,
    title: str,
    items: Items,
    signers: Sequence[Any],
    description: str = "",
    now: datetime | None = None,
) -> ChangeRequest:
    """In review at once, for exactly these two platform admins to sign; once per portal.

    `by` wrote it and so cannot be among the signers. Both are granted *platform admin* in the whole
    firm, whether the items say so or not.
    """
    moment = now or clock.now()
    _refuse_second_founding()
    _refuse_bad_signers(by, signers)
    try:
        with transaction.atomic():
            request = create(
                by=by,
                title=title,
                description=description,
                is_foundation=True,
                rules=[_rule(signers).plain()],
                now=moment,
            )
    except IntegrityError as error:
        raise Conflict("the foundation is already being laid") from error
    add_revision(request, items, by=by, note="", now=moment)
    record_opening(request, by=by, reason="", now=moment)
    return proposing.submit(request=request, by=by, now=moment)


def _refuse_second_founding() -> None:
    if Domain.objects.filter(status=Status.ACTIVE).exists():
        raise Conflict("this portal has its foundation; open an ordinary change request")


def _refuse_bad_signers(by: Any, signers: Sequence[Any]) -> None:
    people = {one.pk for one in signers if one.is_active}
    if len(people) != SIGNERS or len(signers) != SIGNERS:
        raise SeparationOfDuties(f"a foundation is signed by {SIGNERS} different active people")
    if by.pk in people:
        raise SeparationOfDuties("who writes the foundation does not sign it")


def _rule(signers: Sequence[Any]) -> Rule:
    people = tuple(one.pk for one in signers)
    return Rule(Seat.PLATFORM_ADMIN, SIGNERS, "", "named at set-up to sign the foundation", people)
