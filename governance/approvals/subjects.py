"""Items of a change request, and how a document becomes a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from governance import canonical
from governance.agreements.checking import (
    refuse_bad_expressions,
    refuse_bad_mapping,
    refuse_bad_sums,
)
from governance.approvals.kinds import KINDS, ORDER
from governance.errors import InvalidDocument
from governance.flows import models as flow_models
from governance.flows import queries as flow_queries
from governance.ownership.documents import Document, as_plain, decode
from governance.ownership.lifecycle import Status
from governance.ownership.models import Governed


@dataclass(frozen=True, slots=True)
class Item:
    """One validated proposal: `document` is what will be hashed, `shape` its typed form."""

    kind: str
    slug: str
    document: dict[str, Any]
    shape: Document

    def content(self) -> dict[str, Any]:
        """As it stands in a revision."""
        return {"kind": self.kind, "slug": self.slug, "document": self.document}


def parse_items(items: list[dict[str, Any]]) -> list[Item]:
    """Typed items in writing order. Raises InvalidDocument at `/items/N/…`."""
    parsed: list[Item] = []
    seen: set[tuple[str, str]] = set()
    for number, raw in enumerate(items):
        item = _parse(raw, place=f"/items/{number}")
        if (item.kind, item.slug) in seen:
            raise InvalidDocument(
                f"{item.kind} {item.slug} stands twice", pointer=f"/items/{number}"
            )
        seen.add((item.kind, item.slug))
        parsed.append(item)
    if not parsed:
        raise InvalidDocument("a change request needs at least one item", pointer="/items")
    return sorted(parsed, key=lambda item: ORDER.index(item.kind))


def _parse(raw: dict[str, Any], *, place: str) -> Item:
    name = str(raw.get("kind"))
    if name not in KINDS:
        raise InvalidDocument(
            f"there is no kind {name!r}; kinds: {', '.join(KINDS)}", pointer=f"{place}/kind"
        )
    kind = KINDS[name]
    shape = decode(raw.get("document"), kind.struct, where=f"{place}/document")
    slug = kind.slug_of(shape)
    if raw.get("slug") not in (None, "", slug):
        raise InvalidDocument(
            f"the document names itself {slug!r}, the item {raw['slug']!r}",
            pointer=f"{place}/slug",
        )
    return Item(kind=name, slug=slug, document=as_plain(shape), shape=shape)


def row_of(item: Item) -> Governed | None:
    """The registered row of this kind and slug, draft or not."""
    return KINDS[item.kind].model._default_manager.filter(slug=item.slug).first()


def prepare(item: Item, *, by: Any) -> Governed:
    """The item's row: the registered one, or a new draft holding the document.

    A draft that nobody activated yet is rewritten; an active row is left untouched, though the
    document is tried on it so that a broken one is refused when it is proposed.
    """
    kind = KINDS[item.kind]
    row = row_of(item)
    if row is None:
        row = kind.model(slug=item.slug, status=Status.DRAFT, created_by=by)
    if row.status == Status.DRAFT:
        row.document, row.digest = item.document, canonical.digest(item.document)
        _write(item, row)
        return row
    _refuse_altered_version(item, row)
    with transaction.atomic():
        _write(item, row)
        transaction.set_rollback(True)
    return kind.model._default_manager.get(pk=row.pk)


VERSION_KEEPS = ("schema", "fields", "sums", "line")
FROZEN = {"api_version": ("specification",), "data_contract_version": VERSION_KEEPS}
"""What a version may never change once it was active: propose a new version instead."""


def _refuse_altered_version(item: Item, row: Governed) -> None:
    for name in FROZEN.get(item.kind, ()):
        if item.document.get(name) != row.document.get(name):
            raise InvalidDocument(
                f"{row.name} was active and keeps its {name}; propose a new version",
                pointer=f"/{name}",
            )


def write(item: Item, *, now: Any) -> Governed:
    """Activate: the document becomes the row's content. The caller holds the transaction."""
    row = row_of(item)
    if row is None:
        raise InvalidDocument(f"{item.kind} {item.slug} is not registered", pointer="/items")
    row.document, row.digest = item.document, canonical.digest(item.document)
    row.status, row.activated_at, row.revision = Status.ACTIVE, now, row.revision + 1
    _write(item, row)
    return row


def _write(item: Item, row: Governed) -> None:
    if item.kind == "mapping":
        refuse_bad_mapping(item.document, _maps_by_name())
    if item.kind == "data_contract_version":
        refuse_bad_sums(item.document.get("sums", []), place="/sums")
    if item.kind == "flow":
        refuse_bad_expressions(item.document)
    KINDS[item.kind].write(row, item.shape)


def _maps_by_name() -> dict[str, Any]:
    """Value maps as a mapping sees them, drafts of the same request included."""
    return {
        row.slug: {"rows": {one["from"]: one["to"] for one in row.document.get("rows", [])}}
        for row in flow_models.ValueMap.objects.all()
    }


def touched_flows(kind: str, row: Governed) -> set[int]:
    """Ids of the active flows whose agreement a row of this kind is part of."""
    return flow_queries.reached_by(kind, row.pk)
