"""Whom a step of an escalation path means, and which of them may know of the case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model

from governance.ownership.lifecycle import Seat, Status
from governance.ownership.models import Domain, Team
from governance.ownership.queries import seated
from integrations.cases.models import Case

VIEW = "integrations.view_case"


@dataclass(frozen=True, slots=True)
class Told:
    """`name` in business words, the people and the webhooks behind it."""

    name: str
    people: list[Any] = field(default_factory=list)
    webhooks: list[str] = field(default_factory=list)
    note: str = ""
    """Why these and not others."""


class Audience:
    """Reads each team, seat and person once."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._person = cache(self._read)
        self._told = cache(self._resolve)

    def of(self, to: str, case: Case) -> Told:
        """Those who may see the case; where a seat or team is empty, the domain's owners."""
        found = self._told(to, case.domain)
        if found.webhooks:
            return found
        people = self._may_know(found.people, case)
        if not people:
            owners = self._told(f"seat:{Seat.OWNER}", case.domain)
            people = self._may_know(owners.people, case)
            return Told(owners.name, people, note=f", as nobody of {found.name} may see it")
        return Told(found.name, people)

    def _may_know(self, people: Iterable[Any], case: Case) -> list[Any]:
        return [one for one in people if one.is_active and one.has_perm(VIEW, case)]

    def _read(self, pk: int) -> Any:
        return get_user_model()._default_manager.get(pk=pk)

    def _resolve(self, to: str, domain: Domain) -> Told:
        kind, _, name = to.partition(":")
        if kind == "webhook":
            return Told(f"webhook {name}", webhooks=[name])
        words, ids = _GROUPS[kind](name, domain, self._now)
        return Told(words, [self._person(pk) for pk in sorted(ids)])


def _team(slug: str, domain: Domain, now: datetime) -> tuple[str, set[int]]:
    team = Team.objects.filter(slug=slug, status=Status.ACTIVE).first()
    if team is None:
        return f"team {slug}", set()
    return team.name, set(team.members.values_list("pk", flat=True))


def _one(username: str, domain: Domain, now: datetime) -> tuple[str, set[int]]:
    person: Any = get_user_model()._default_manager.filter(username=username).first()
    return (person.label, {person.pk}) if person is not None else (username, set())


def _seat(seat: str, domain: Domain, now: datetime) -> tuple[str, set[int]]:
    return f"{seat.replace('_', ' ')} of {domain.name}", seated(seat, domain=domain, now=now)


_GROUPS = {"team": _team, "person": _one, "seat": _seat}
