"""What a proposal is compared with: the active content of each item, and of its version line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.approvals import kinds
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


def line(document: dict[str, Any]) -> str:
    """The compatibility line of a version: its own word, else the major version."""
    return str(document.get("line") or document["version"].split(".")[0])


def current_of_line(item: Item) -> Governed | None:
    """The active version that this one would replace; None where nothing is replaced."""
    lineage = LINEAGES.get(item.kind)
    if lineage is None:
        return None
    rows: Any = lineage.model._default_manager
    parent = {f"{lineage.parent}__slug": item.document[lineage.parent]}
    found: Governed | None = (
        rows.filter(**parent, line=line(item.document), status=Status.ACTIVE)
        .exclude(slug=item.slug)
        .first()
    )
    return found


Rows = dict[tuple[str, str], "Governed"]


def active_rows(items: Sequence[Item]) -> Rows:
    """(kind, slug) → row, for those that are active: one query for each kind."""
    slugs: dict[str, list[str]] = {}
    for item in items:
        slugs.setdefault(item.kind, []).append(item.slug)
    found: Rows = {}
    for kind, names in slugs.items():
        rows = kinds.KINDS[kind].model._default_manager
        for row in rows.filter(slug__in=names, status=Status.ACTIVE):
            found[kind, row.slug] = row
    return found


def befores(items: Sequence[Item]) -> list[dict[str, Any] | None]:
    """For each item the active document that a reader compares it with; None where it is new.

    A new version is compared with the active one of its line, else with the newest other version.
    """
    rows = active_rows(items)
    return [_before(item, rows.get((item.kind, item.slug))) for item in items]


def before(item: Item) -> dict[str, Any] | None:
    """The same for one item."""
    return befores([item])[0]


def _before(item: Item, row: Governed | None) -> dict[str, Any] | None:
    found = row or current_of_line(item) or _newest_other(item)
    return dict(found.document) if found else None


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
    rows = active_rows(items)
    for item in items:
        row = rows.get((item.kind, item.slug))
        found[f"{item.kind}:{item.slug}"] = row.digest if row else ""
        if item.kind in LINEAGES and row is None:
            current = current_of_line(item)
            parent = item.document[LINEAGES[item.kind].parent]
            key = f"{item.kind}:{parent}@line:{line(item.document)}"
            found[key] = current.digest if current else ""
    return found


def domains(items: Sequence[Item]) -> tuple[list[str], bool]:
    """Slugs of every domain that is touched, in order, and whether something is firm-wide.

    What moves to another domain touches both.
    """
    found: dict[str, None] = {}
    firm_wide = False
    rows = active_rows(items)
    for item in items:
        slugs = [_domain(item.kind, item.slug, item.document)]
        if row := rows.get((item.kind, item.slug)):
            slugs.append(_domain(item.kind, item.slug, row.document))
        firm_wide |= None in slugs
        found |= dict.fromkeys(slug for slug in slugs if slug)
    return list(found), firm_wide


def _domain(kind: str, slug: str, document: dict[str, Any]) -> str | None:
    return slug if kind == "domain" else document.get("domain")
