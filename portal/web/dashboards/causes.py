"""What blocks money, in business words, and who is on it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse

from integrations.cases.models import Case
from integrations.cases.wording import headline
from portal.access import scopes
from portal.accounts.models import User

NOBODY = "No open case"


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of the queue; `owner` is who claimed a case of it, or the domain."""

    title: str
    url: str
    owner: str


def problems(person: User, fingerprints: Collection[str]) -> dict[str, Problem]:
    """By fingerprint, as far as the person sees their cases; the oldest case speaks for all."""
    rows = scopes.cases(person).filter(fingerprint__in=[one for one in fingerprints if one])
    found: dict[str, Problem] = {}
    for case in rows.select_related("flow", "domain", "claimed_by").order_by("opened_at", "pk"):
        found.setdefault(case.fingerprint, _problem(case))
    return found


def _problem(case: Case) -> Problem:
    owner = case.claimed_by.label if case.claimed_by else f"{case.domain.name}, unclaimed"
    return Problem(headline(case), reverse("queue-problem", args=[case.fingerprint]), owner)
