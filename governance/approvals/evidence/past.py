"""Who could sit where at a past moment, and which row said so: from the history of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.approvals.rules import REVIEWER
from governance.approvals.seats import REVIEWING, STANDS_IN
from governance.ownership.lifecycle import Seat, Status
from governance.ownership.models import Domain, RoleGrant
from governance.ownership.queries import SEAT_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from governance.approvals.rules import Rule

LISTS = {Seat.OWNER: "owners", Seat.STEWARD: "stewards", Seat.FINANCE_OWNER: "finance_owners"}
"""Seat → member of a domain's document."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One row that let a person take one rule's seat; `kind` named: the rule itself names them."""

    rule: int
    kind: str
    row: Any = None


class Past:
    """Every step of every domain and role grant, oldest first: two queries."""

    def __init__(self) -> None:
        self.domains = _steps(Domain)
        self.grants = _steps(RoleGrant)

    def grounds(
        self, rules: list[Rule], *, username: str, person: int, at: datetime
    ) -> list[Ground]:
        """What the person could stand on for each rule at that moment."""
        grants = [
            one
            for one in _in_force(self.grants, at)
            if one.person_id == person and (one.ends_at is None or one.ends_at > at)
        ]
        domains = {one.slug: one for one in _in_force(self.domains, at)}
        found: list[Ground] = []
        for number, rule in enumerate(rules):
            if person in rule.people:
                found.append(Ground(number, "named"))
            domain = domains.get(rule.domain)
            if domain is not None and _seated(domain.document, rule.seat, username):
                found.append(Ground(number, "domain", domain))
            found += [
                Ground(number, "role_grant", one)
                for one in grants
                if one.role in _roles(rule.seat) and _reaches(one, rule.domain)
            ]
        return found


def _steps(model: Any) -> list[Any]:
    rows = model.history.select_related("history_user").order_by("history_date", "history_id")
    return list(rows)


def _in_force(steps: Iterable[Any], at: datetime) -> Iterator[Any]:
    """The last step of each row by that moment, where it was active."""
    last = {one.id: one for one in steps if _since(one) <= at}
    return (one for one in last.values() if one.status == Status.ACTIVE)


def _since(one: Any) -> datetime:
    """From when a step counts: an activation says its moment, whenever its row was written."""
    found: datetime = one.history_date
    if one.status == Status.ACTIVE and one.activated_at:
        activated: datetime = one.activated_at
        return min(found, activated)
    return found


def _seated(document: dict[str, Any], seat: str, username: str) -> bool:
    kinds = list(LISTS) if seat == REVIEWER else STANDS_IN.get(Seat(seat), (Seat(seat),))
    return any(username in document.get(LISTS.get(kind, ""), ()) for kind in kinds)


def _roles(seat: str) -> frozenset[str]:
    if seat == REVIEWER:
        return frozenset(REVIEWING)
    role = SEAT_ROLES.get(Seat(seat))
    return frozenset({role}) if role else frozenset()


def _reaches(grant: Any, domain: str) -> bool:
    """Firm-wide grants reach into every domain."""
    own = grant.document.get("domain") or ""
    return own in {"", domain}
