"""The second signature, and its refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from integrations.cases import dismissing, picking, seeing
from integrations.cases.asking import came_from
from integrations.cases.entering import enter, move_to, tell
from integrations.cases.models import Case, Correction, SignOff
from integrations.cases.requeueing import requeue
from integrations.errors import NeedsSecondPerson, Refused

ENACT: dict[str, Callable[..., Case]] = {
    "dismiss": dismissing.enact,
    "pick": picking.enact,
    "found": seeing.enact_found,
    "resend": seeing.enact_resend,
}
"""Act → what its second signature sets off."""


@transaction.atomic
def sign(*, case: Case, by: Any, reason: str, now: datetime) -> Case:
    """The second signature; never of the person who asked for it."""
    fresh = enter("sign", case=case, by=by, reason=reason)
    asked, proposed = _waiting(fresh)
    _refuse_same_person(by, asked, proposed)
    if asked is not None:
        asked.signed_by, asked.signed_at = by, now
        asked.save(update_fields=["signed_by", "signed_at"])
        return ENACT[asked.act](fresh, asked, by=by, reason=reason, now=now)
    for one in proposed:
        one.state, one.signed_by, one.signed_at = Correction.State.SIGNED, by, now
        one.save(update_fields=["state", "signed_by", "signed_at"])
    facts = {one.field: {"before": one.before, "after": one.after} for one in proposed}
    tell(fresh, "signed correction", by=by, text=reason, now=now, **facts)
    requeue(fresh, now, replan=True)
    return fresh


@transaction.atomic
def refuse(*, case: Case, by: Any, reason: str, now: datetime) -> Case:
    """What was asked for does not happen; the case is as before. One may refuse one's own."""
    fresh = enter("refuse", case=case, by=by, reason=reason)
    asked, proposed = _waiting(fresh)
    if asked is not None:
        asked.refused_at = now
        asked.save(update_fields=["refused_at"])
    for one in proposed:
        one.state = Correction.State.REFUSED
        one.save(update_fields=["state"])
    move_to(fresh, came_from(asked))
    tell(fresh, "refused", by=by, text=reason, now=now)
    return fresh


def _waiting(case: Case) -> tuple[SignOff | None, list[Correction]]:
    asked = case.sign_offs.filter(signed_at=None, refused_at=None).first()
    return asked, list(case.corrections.filter(state=Correction.State.PROPOSED).order_by("pk"))


def _refuse_same_person(by: Any, asked: SignOff | None, proposed: list[Correction]) -> None:
    askers = {one.proposed_by_id for one in proposed}
    if asked is not None:
        askers.add(asked.asked_by_id)
    if not askers:
        raise Refused("nothing waits for a signature here any more")
    if by.pk in askers:
        raise NeedsSecondPerson("you asked for this; someone else has to sign it")
