"""What waits for a second signature, who asked for it and who else could sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from integrations.cases.lifecycle import CaseState
from integrations.cases.models import Case, Correction, SignOff
from portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Signing:
    """Empty where nothing waits."""

    asked: SignOff | None
    proposed: list[Correction]
    asker: bool
    """This person asked for it, so somebody else signs."""
    signers: list[str]


def signing(
    case: Case, document: dict[str, Any], corrections: list[Correction], *, person: User
) -> Signing:
    """Two queries at most."""
    waiting = case.sign_offs.filter(signed_at=None, refused_at=None).select_related("asked_by")
    asked = waiting.first()
    proposed = [one for one in corrections if one.state == Correction.State.PROPOSED]
    askers = {one.proposed_by_id for one in proposed}
    if asked is not None:
        askers.add(asked.asked_by_id)
    wanted = case.state == CaseState.WAITING_SIGNATURE
    return Signing(
        asked, proposed, person.pk in askers, _signers(document, askers) if wanted else []
    )


def _signers(document: dict[str, Any], askers: set[int | None]) -> list[str]:
    """Who else could sign: the stewards of the flow's domain."""
    names = document.get("owners", {}).get("stewards", [])
    others = get_user_model()._default_manager.filter(Q(username__in=names), is_active=True)
    return [one.label for one in others.order_by("pk") if one.pk not in askers]
