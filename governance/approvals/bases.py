"""What a proposal is compared with: the active content of each item, and of its version line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.approvals import subjects
from governance.catalog.models import ApiVersion
from governance.contracts.models import DataContractVersion
from governance.ownership.lifecycle import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.approvals.subjects import Item
    from governance.ownership.models import Governed


@dataclass(frozen=True, slots=True)
class Lineage:
    """Versions of one thing: at most one is active for each compatibility line."""

    model: type[ApiVersion] | type[DataContractVersion]
    parent: str


LINEAGES = {
    "api_version": Lineage(ApiVersion, "api"),
    "data_contract_version": Lineage(DataContractVersion, "contract"),
}


def line_of(item: Item) -> str:
    """The compatibility line of a version item: its own word, else the major version."""
    return str(item.document.get("line") or item.document["version"].split(".")[0])


def current_of_line(item: Item) -> Governed | None:
    """The active version that this one would replace; None where nothing is replaced."""
    lineage = LINEAGES.get(item.kind)
    if lineage is None:
        return None
    rows: Any = lineage.model._default_manager
    parent = {f"{lineage.parent}__slug": item.document[lineage.parent]}
    found: Governed | None = (
        rows.filter(**parent, line=line_of(item), status=Status.ACTIVE)
        .exclude(slug=item.slug)
        .first()
    )
    return found


def before(item: Item) -> dict[str, Any] | None:
    """The active document that a reader compares the proposal with; None where it is new.

    A new version is compared with the active one of its line, else with the newest other version.
    """
    row = subjects.row_of(item)
    if row is not None and row.status == Status.ACTIVE:
        return dict(row.document)
    other = current_of_line(item) or _newest_other(item)
    return dict(other.document) if other else None


def _newest_other(item: Item) -> Governed | None:
    lineage = LINEAGES.get(item.kind)
    if lineage is None:
        return None
    rows: Any = lineage.model._default_manager
    parent = {f"{lineage.parent}__slug": item.document[lineage.parent]}
    found: Governed | None = (
        rows.filter(**parent, activated_at__isnull=False)
        .exclude(slug=item.slug)
        .order_by("-activated_at", "-id")
        .first()
    )
    return found


def base(items: Sequence[Item]) -> dict[str, str]:
    """`kind:slug` → digest of the active content ('' when there is none), lines included."""
    found: dict[str, str] = {}
    for item in items:
        row = subjects.row_of(item)
        active = row is not None and row.status == Status.ACTIVE
        found[f"{item.kind}:{item.slug}"] = row.digest if row is not None and active else ""
        if item.kind in LINEAGES and not active:
            current = current_of_line(item)
            parent = item.document[LINEAGES[item.kind].parent]
            key = f"{item.kind}:{parent}@line:{line_of(item)}"
            found[key] = current.digest if current else ""
    return found


def domains(items: Sequence[Item]) -> tuple[list[str], bool]:
    """Slugs of every domain that is touched, in order, and whether something is firm-wide.

    What moves to another domain touches both.
    """
    found: dict[str, None] = {}
    firm_wide = False
    for item in items:
        slugs = [_domain(item.kind, item.slug, item.document)]
        row = subjects.row_of(item)
        if row is not None and row.status == Status.ACTIVE:
            slugs.append(_domain(item.kind, item.slug, row.document))
        firm_wide |= None in slugs
        found |= dict.fromkeys(slug for slug in slugs if slug)
    return list(found), firm_wide


def _domain(kind: str, slug: str, document: dict[str, Any]) -> str | None:
    return slug if kind == "domain" else document.get("domain")
