"""Who holds a permission: the other way round than `backend`."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from governance.ownership.lifecycle import Status
from governance.ownership.models import RoleGrant
from portal.access.roles import ROLES
from portal.accounts.models import User


def holders(permission: str, *, domain: int, now: datetime) -> QuerySet[User]:
    """People who may do it in this domain, by name."""
    roles = [role for role, held in ROLES.items() if permission in held]
    grants = RoleGrant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        Q(domain=None) | Q(domain=domain),
        role__in=roles,
        status=Status.ACTIVE,
    )
    people = User.objects.filter(pk__in=grants.values("person"), is_active=True)
    return people.order_by("first_name", "last_name", "username")
