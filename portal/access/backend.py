"""Answers `person.has_perm(permission, subject)` from role grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Q

from governance import clock
from governance.ownership.lifecycle import Status
from governance.ownership.models import Domain, RoleGrant
from portal.access.roles import METADATA, ROLES

if TYPE_CHECKING:
    from portal.accounts.models import User

FIRM_WIDE = None
Grants = dict[int | None, frozenset[str]]


def grants(person: User) -> Grants:
    """Domain id (None: firm-wide) → permissions; one query, kept on the person object."""
    held: Grants | None = getattr(person, "_grants", None)
    if held is None:
        held = {}
        rows = RoleGrant.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=clock.now()), person=person, status=Status.ACTIVE
        ).values_list("domain_id", "role")
        for domain, role in rows:
            held[domain] = held.get(domain, frozenset()) | ROLES[role]
        person._grants = held  # type: ignore[attr-defined]  # noqa: SLF001
    return held


def domains(person: User, permission: str) -> set[int] | None:
    """Ids of the domains where the person holds it; None means everywhere."""
    held = grants(person)
    if permission in held.get(FIRM_WIDE, ()):
        return None
    if permission in METADATA and any(permission in found for found in held.values()):
        return None
    return {domain for domain, found in held.items() if domain and permission in found}


class GrantBackend(AuthenticationBackend):  # type: ignore[misc]
    """Signing in is allauth's; what a person may do is told by grants alone."""

    def has_perm(self, person: User, permission: str, subject: Any = None) -> bool:
        """True when a grant covers the subject's domain (no subject: any domain)."""
        if not person.is_active or not person.pk:
            return False
        allowed = domains(person, permission)
        if allowed is None:
            return True
        if subject is None:
            return bool(allowed)
        return _domain_id(subject) in allowed


def _domain_id(subject: Any) -> int | None:
    if isinstance(subject, Domain):
        return subject.pk
    found: int | None = getattr(subject, "domain_id", None)
    return found


def limit_to(person: User, slugs: list[str]) -> None:
    """Narrow what this person object may do to some domains (a token's)."""
    held = grants(person)
    everywhere = held.get(FIRM_WIDE, frozenset())
    rows = Domain.objects.filter(slug__in=slugs).values_list("pk", flat=True)
    person._grants = {pk: held.get(pk, frozenset()) | everywhere for pk in rows}  # type: ignore[attr-defined]  # noqa: SLF001
