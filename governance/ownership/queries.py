"""Finding people, domains and who sits where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth import get_user_model
from django.db.models import Q

from governance import clock
from governance.errors import InvalidDocument
from governance.ownership.business_time import Calendar
from governance.ownership.lifecycle import DOMAIN_SEATS, Role, Seat, Status
from governance.ownership.models import (
    BusinessCalendar,
    Domain,
    DomainSeat,
    Governed,
    RoleGrant,
)

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model

G = TypeVar("G", bound=Governed)

SEAT_ROLES = {
    Seat.PLATFORM_ARCHITECT: Role.ARCHITECT,
    Seat.PLATFORM_ADMIN: Role.PLATFORM_ADMIN,
    Seat.FINANCE_OWNER: Role.FINANCE_LEADER,
}
"""Seats that a firm-wide grant of a role fills."""


def person(username: str, *, pointer: str = "") -> Any:
    """The person, or InvalidDocument."""
    found = get_user_model().objects.filter(username=username).first()
    if found is None:
        raise InvalidDocument(
            f"there is no person {username!r}; create the account first", pointer=pointer
        )
    return found


def registered(model: type[G], slug: str, *, pointer: str) -> G:
    """The row with this slug, draft or active, or InvalidDocument naming kind and slug."""
    found = model._default_manager.filter(slug=slug).first()
    if found is None:
        raise InvalidDocument(
            f"there is no {model.KIND.replace('_', ' ')} {slug!r}; register it in the same "
            "request or before",
            pointer=pointer,
        )
    return found


def domain(slug: str, *, pointer: str = "/domain") -> Domain:
    """The domain, or InvalidDocument."""
    return registered(Domain, slug, pointer=pointer)


def calendars() -> dict[str, Calendar]:
    """Domain → the business calendar that comes first in it."""
    rows = BusinessCalendar.objects.filter(status=Status.ACTIVE).select_related("domain")
    found: dict[str, Calendar] = {}
    for row in rows.order_by("slug"):
        found.setdefault(row.domain.slug, Calendar.from_document(row.document))
    return found


def seated(seat: str, *, domain: Model | None, now: datetime | None = None) -> set[int]:
    """Ids of the people who hold a seat for a domain now."""
    people: set[int] = set()
    if seat in DOMAIN_SEATS and domain is not None:
        people.update(
            DomainSeat.objects.filter(
                domain=domain.pk, domain__status=Status.ACTIVE, seat=seat, person__is_active=True
            ).values_list("person_id", flat=True)
        )
    if role := SEAT_ROLES.get(Seat(seat)):
        people.update(
            RoleGrant.objects.filter(
                Q(ends_at=None) | Q(ends_at__gt=now or clock.now()),
                Q(domain=None) | Q(domain=domain.pk if domain else None),
                role=role,
                status=Status.ACTIVE,
                person__is_active=True,
            ).values_list("person_id", flat=True)
        )
    return people
