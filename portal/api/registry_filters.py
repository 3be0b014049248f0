"""What the list of each governed kind can be narrowed by: its columns and what it refers to."""

from __future__ import annotations

from django.db.models import CharField, Field, ForeignKey

from governance.approvals.kinds import KINDS
from governance.ownership.lifecycle import Status
from governance.ownership.models import Governed
from portal.api.filters import Filter, choice, period, search, word

NAMED_BY = {"person": "username", "specification": "digest"}
"""Where what a row refers to has no slug."""
OF_ALL = {field.name for field in Governed._meta.get_fields()} | {"base_url"}


def filters_of(kind: str) -> tuple[Filter, ...]:
    """`status` and `q` of every kind, `system` of a connection, `role` of a grant, …"""
    own = [one for one in KINDS[kind].model._meta.concrete_fields if one.name not in OF_ALL]
    found = (_filter(one) for one in own)
    return (
        choice("status", Status),
        *(one for one in found if one is not None),
        *period("activated_at"),
        search("slug", "name"),
    )


def _filter(field: Field[object, object]) -> Filter | None:
    """None for a column that nobody would ask for by its exact value."""
    name = field.name
    if isinstance(field, ForeignKey):
        return word(name, f"{name}__{NAMED_BY.get(name, 'slug')}")
    return word(name) if isinstance(field, CharField) else None


FILTERS = {kind: filters_of(kind) for kind in KINDS}
