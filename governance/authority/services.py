"""Writing system-of-record assignments."""

from __future__ import annotations

from datetime import date

from governance.authority.documents import AuthorityDocument
from governance.authority.models import AuthorityAssignment
from governance.catalog.models import AttributeGroup, BusinessEntity, System
from governance.errors import InvalidDocument
from governance.ownership.queries import domain, registered


def write_authority(row: AuthorityAssignment, document: AuthorityDocument) -> None:
    """Save the row. The database refuses an overlap of active periods (see `exclusion`)."""
    row.entity = registered(BusinessEntity, document.entity, pointer="/entity")
    row.group = _group(row.entity, document.group)
    row.system = registered(System, document.system, pointer="/system")
    row.domain = domain(document.domain)
    row.scope = document.scope
    row.effective_from = date.fromisoformat(document.effective_from)
    row.effective_to = date.fromisoformat(document.effective_to) if document.effective_to else None
    if row.effective_to and row.effective_to <= row.effective_from:
        raise InvalidDocument(
            f"it would end on {row.effective_to}, not after it begins on {row.effective_from}",
            pointer="/effective_to",
        )
    row.name = f"{row.entity.name}: {row.group.name} by {row.system.name}"
    row.save()


def _group(entity: BusinessEntity, slug: str) -> AttributeGroup:
    found = entity.groups.filter(slug=slug).first()
    if found is None:
        known = ", ".join(entity.groups.values_list("slug", flat=True)) or "none"
        raise InvalidDocument(
            f"{entity.slug} has no attribute group {slug!r}; it has {known}", pointer="/group"
        )
    return found
