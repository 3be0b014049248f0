"""Writing the typed columns of domains, teams, grants and paths from their documents."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.dateparse import parse_datetime, parse_duration

from governance.errors import InvalidDocument
from governance.ownership.documents import (
    DomainDocument,
    EscalationPathDocument,
    RoleGrantDocument,
    TeamDocument,
)
from governance.ownership.lifecycle import Role, Seat
from governance.ownership.models import (
    Domain,
    DomainSeat,
    EscalationPath,
    Owned,
    RoleGrant,
    Team,
)
from governance.ownership.queries import domain, person


def write_domain(row: Domain, document: DomainDocument) -> None:
    """Save the row and rebuild its seats."""
    row.name, row.description = document.name, document.description
    row.save()
    row.seats.all().delete()
    seats = {
        Seat.OWNER: document.owners,
        Seat.STEWARD: document.stewards,
        Seat.FINANCE_OWNER: document.finance_owners,
    }
    DomainSeat.objects.bulk_create(
        DomainSeat(domain=row, seat=seat, person=person(username))
        for seat, names in seats.items()
        for username in dict.fromkeys(names)
    )


def write_team(row: Team, document: TeamDocument) -> None:
    """Save the row and its members."""
    row.name, row.description = document.name, document.description
    row.domain = domain(document.domain)
    members = [person(username) for username in document.members]
    row.save()
    row.members.set(members)


def write_role_grant(row: RoleGrant, document: RoleGrantDocument) -> None:
    """Save the row; the role and the person must exist."""
    if document.role not in list(Role):
        raise InvalidDocument(
            f"there is no role {document.role!r}; roles: {', '.join(Role)}", pointer="/role"
        )
    row.person = person(document.person, pointer="/person")
    row.role = document.role
    row.domain = domain(document.domain) if document.domain else None
    row.ends_at = parse_datetime(document.ends_at) if document.ends_at else None
    row.name = f"{document.person} as {document.role} in {document.domain or 'the firm'}"
    row.save()


def write_escalation_path(row: EscalationPath, document: EscalationPathDocument) -> None:
    """Save the row; steps that name people are checked."""
    for number, step in enumerate(document.steps):
        if hours(step.after) >= timedelta(days=1):
            raise InvalidDocument(
                f"{step.after}: hours here are business hours; write a business day as P1D",
                pointer=f"/steps/{number}/after",
            )
        kind, _, who = step.to.partition(":")
        if kind == "person" and not get_user_model().objects.filter(username=who).exists():
            raise InvalidDocument(f"there is no person {who!r}", pointer=f"/steps/{number}/to")
        if kind == "seat" and who not in list(Seat):
            raise InvalidDocument(
                f"there is no seat {who!r}; seats: {', '.join(Seat)}", pointer=f"/steps/{number}/to"
            )
    write_words(row, document)


def hours(after: str) -> timedelta:
    """What a duration says beside its days: `P1DT4H` is four hours."""
    _, _, time = after.partition("T")
    return (parse_duration(f"PT{time}") if time else None) or timedelta()


def write_words(row: Owned, document: Any) -> None:
    """Save a row that has no columns of its own but name, description and domain."""
    row.name, row.description = document.name, document.description
    row.domain = domain(document.domain)
    row.save()
