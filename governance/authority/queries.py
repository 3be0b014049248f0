"""Who authors what, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from governance.authority.models import AuthorityAssignment
from governance.ownership.lifecycle import Status

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet


def of_entity(entity_id: int) -> QuerySet[AuthorityAssignment]:
    """Active assignments of an entity."""
    return (
        AuthorityAssignment.objects.filter(entity=entity_id, status=Status.ACTIVE)
        .select_related("group", "system")
        .order_by("group__position", "scope", "effective_from")
    )


def on(entity_id: int, day: date) -> QuerySet[AuthorityAssignment]:
    """Those that hold on one day."""
    return of_entity(entity_id).filter(
        Q(effective_to=None) | Q(effective_to__gt=day), effective_from__lte=day
    )


def overlapping(row: AuthorityAssignment) -> QuerySet[AuthorityAssignment]:
    """Other active assignments of the same group and scope whose period meets this one's."""
    rows = AuthorityAssignment.objects.filter(
        Q(effective_to=None) | Q(effective_to__gt=row.effective_from),
        entity=row.entity_id,
        group=row.group_id,
        scope=row.scope,
        status=Status.ACTIVE,
    ).exclude(pk=row.pk)
    return rows.filter(effective_from__lt=row.effective_to) if row.effective_to else rows
