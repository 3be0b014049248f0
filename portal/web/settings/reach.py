"""What a person's tokens reach and how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from governance import clock
from governance.ownership.lifecycle import Status
from governance.ownership.models import Domain, RoleGrant
from portal.access.backend import FIRM_WIDE, grants
from portal.access.tokens import Scope
from portal.accounts.models import ApiToken, User

SCOPES = {
    Scope.REGISTRY_READ: "Read the registry and flow agreements",
    Scope.CHANGES_READ: "Read change requests",
    Scope.CHANGES_WRITE: "Propose, comment and vote",
    Scope.RUNS_READ: "Read runs",
    Scope.RUNS_WRITE: "Start runs",
    Scope.CASES_READ: "Read the exception queue",
    Scope.CASES_WRITE: "Work cases",
    Scope.EVENTS_WRITE: "Report events",
    Scope.AUDIT_READ: "Read the audit log",
    Scope.SLA_READ: "Read the figures of the dashboards",
    Scope.NOTICES_READ: "Read your inbox",
    Scope.NOTICES_WRITE: "Mark notices as read",
}

SOON = timedelta(days=14)


@dataclass(frozen=True)
class Held:
    """A token and how it stands: a state word of the shell, and what to say of it."""

    token: ApiToken
    state: str
    word: str
    live: bool

    @property
    def may(self) -> list[tuple[str, str]]:
        """Its scopes with their meaning; one that is no more has no words."""
        known = {scope.value: words for scope, words in SCOPES.items()}
        return [(scope, known.get(scope, "")) for scope in self.token.scopes]


def domains(person: User) -> list[tuple[str, str]]:
    """Slug and name of the domains where the person may do anything at all."""
    held = grants(person)
    rows = Domain.objects.filter(status=Status.ACTIVE).order_by("name")
    if FIRM_WIDE not in held:
        rows = rows.filter(pk__in=[pk for pk in held if pk])
    return list(rows.values_list("slug", "name"))


def roles(person: User) -> list[RoleGrant]:
    """Grants that the person holds now."""
    rows = RoleGrant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=clock.now()), person=person, status=Status.ACTIVE
    )
    return list(rows.select_related("domain").order_by("role", "slug"))


def live(rows: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
    """Those that still open something."""
    return rows.filter(revoked_at=None, expires_at__gt=clock.now())


def held(token: ApiToken, *, now: datetime) -> Held:
    """Active, ending soon, expired or revoked."""
    if token.revoked_at:
        return Held(token, "retired", "Revoked", live=False)
    if token.expires_at <= now:
        return Held(token, "closed", "Expired", live=False)
    if token.expires_at - now < SOON:
        return Held(token, "expiring", "Ends soon", live=True)
    return Held(token, "active", "Active", live=True)
