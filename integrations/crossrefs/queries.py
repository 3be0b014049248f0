"""Looking records up across systems."""

# ruff: noqa: S608 - names come from this package, values are parameters

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.crossrefs.models import CrossReference
from integrations.messages import sql

if TYPE_CHECKING:
    from collections.abc import Iterable

Name = tuple[str, str, str]
"""(entity, canonical id, system)."""
COLUMNS = {"entity": "text", "canonical_id": "text", "system": "text"}


def resolve(names: Iterable[Name]) -> dict[Name, str]:
    """The id that each record has in that system now; unknown ones are left out."""
    rows = sorted(set(names))
    if not rows:
        return {}
    values, params = sql.source(COLUMNS, rows)
    found = sql.fetch(
        f"SELECT x.entity, x.canonical_id, x.system, x.source_id FROM {values} "
        "CROSS JOIN integrations_crossreference x WHERE x.entity = v.entity "
        "AND x.canonical_id = v.canonical_id AND x.system = v.system AND x.valid_to IS NULL",
        params,
    )
    return {(entity, key, system): here for entity, key, system, here in found}


def canonical_id(*, entity: str, system: str, source_id: str) -> str | None:
    """The other way round."""
    found = CrossReference.objects.filter(
        entity=entity, system=system, source_id=source_id, valid_to=None
    )
    return found.values_list("canonical_id", flat=True).first()


def canonical_ids(*, entity: str, system: str, ids: Iterable[str]) -> dict[str, str]:
    """The same for many: id there → canonical id."""
    rows = CrossReference.objects.filter(
        entity=entity, system=system, source_id__in=list(ids), valid_to=None
    )
    return dict(rows.values_list("source_id", "canonical_id"))
