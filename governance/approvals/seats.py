"""Who sits where now: read afresh whenever it decides something."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Q

from governance.approvals.rules import REVIEWER
from governance.ownership.lifecycle import Role, Seat, Status
from governance.ownership.models import DomainSeat, RoleGrant
from governance.ownership.queries import SEAT_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from governance.approvals.rules import Rule, Who

REVIEWING = frozenset({Role.ARCHITECT, Role.STEWARD, Role.FINANCE_LEADER, Role.PLATFORM_ADMIN})
"""Roles whose holders may be the one more person."""

FIRM = ""
STANDS_IN = {Seat.STEWARD: (Seat.STEWARD, Seat.OWNER)}
"""An owner may sit in a steward's seat."""


@dataclass(frozen=True, slots=True)
class Seats:
    """Every seat of the firm, from two queries."""

    of_domains: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """(seat, domain slug) → people."""
    by_grant: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """(role, domain slug or '' for the firm) → people."""

    def who(self, seat: str, domain: str) -> frozenset[int]:
        """Ids of the people who could take a seat; firm-wide grants reach into every domain."""
        if seat == REVIEWER:
            return self._reviewers(domain)
        found: set[int] = set()
        for kind in STANDS_IN.get(Seat(seat), (seat,)):
            found |= self.of_domains.get((kind, domain), set())
        if role := SEAT_ROLES.get(Seat(seat)):
            found |= self.by_grant.get((role, FIRM), set()) | self.by_grant.get(
                (role, domain), set()
            )
        return frozenset(found)

    def _reviewers(self, domain: str) -> frozenset[int]:
        found = {p for (_, name), held in self.of_domains.items() if name == domain for p in held}
        for (role, name), held in self.by_grant.items():
            if role in REVIEWING and name in {FIRM, domain}:
                found |= held
        return frozenset(found)

    def except_for(self, authors: frozenset[int]) -> Who:
        """The same question, leaving out those who wrote a revision."""
        return lambda seat, domain: self.who(seat, domain) - authors


def seats(*, now: datetime) -> Seats:
    """As they are filled at this moment."""
    of_domains: dict[tuple[str, str], set[int]] = defaultdict(set)
    rows = DomainSeat.objects.filter(domain__status=Status.ACTIVE, person__is_active=True)
    for seat, slug, person in rows.values_list("seat", "domain__slug", "person_id"):
        of_domains[seat, slug].add(person)
    by_grant: dict[tuple[str, str], set[int]] = defaultdict(set)
    grants = RoleGrant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), status=Status.ACTIVE, person__is_active=True
    )
    for role, domain, person in grants.values_list("role", "domain__slug", "person_id"):
        by_grant[role, domain or FIRM].add(person)
    return Seats(of_domains, by_grant)


def named(rules: Iterable[Rule]) -> frozenset[int]:
    """People whom the rules name themselves, as far as their accounts are active."""
    people = {person for one in rules for person in one.people}
    if not people:
        return frozenset()
    rows = get_user_model()._default_manager.filter(pk__in=people, is_active=True)
    return frozenset(rows.values_list("pk", flat=True))
