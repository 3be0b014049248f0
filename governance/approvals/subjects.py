"""The kinds of thing that a change request may name, and how a document becomes a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from governance import canonical
from governance.agreements.checking import refuse_bad_mapping, refuse_bad_sums
from governance.authority import services as authority
from governance.authority.documents import AuthorityDocument
from governance.authority.models import AuthorityAssignment
from governance.catalog import documents as catalog_documents
from governance.catalog import models as catalog_models
from governance.catalog import services as catalog
from governance.contracts import documents as contract_documents
from governance.contracts import models as contract_models
from governance.contracts import services as contracts
from governance.errors import InvalidDocument
from governance.flows import documents as flow_documents
from governance.flows import models as flow_models
from governance.flows import queries as flow_queries
from governance.flows import services as flows
from governance.ownership import documents as ownership_documents
from governance.ownership import models as ownership_models
from governance.ownership import services as ownership
from governance.ownership.documents import Document, as_plain, decode
from governance.ownership.lifecycle import Status
from governance.ownership.models import Governed


@dataclass(frozen=True, slots=True)
class Kind:
    """`slug_of` names the row from its document; `write` saves the row with its columns."""

    label: str
    plural: str
    """As in URLs."""
    model: type[Governed]
    struct: type[Document]
    write: Callable[[Any, Any], None]
    slug_of: Callable[[Any], str] = lambda document: str(document.slug)


def _authority_slug(document: AuthorityDocument) -> str:
    scope = document.scope.replace("*", "everywhere").replace(":", "-").lower()
    return f"{document.entity}.{document.group}.{scope}.{document.effective_from}"


def _grant_slug(document: ownership_documents.RoleGrantDocument) -> str:
    return f"{document.person}.{document.role}.{document.domain or 'firm'}"


_o, _c, _d, _f = ownership_documents, catalog_documents, contract_documents, flow_documents
_om, _cm, _dm, _fm = ownership_models, catalog_models, contract_models, flow_models

KINDS: dict[str, Kind] = {
    "domain": Kind("Domain", "domains", _om.Domain, _o.DomainDocument, ownership.write_domain),
    "team": Kind("Team", "teams", _om.Team, _o.TeamDocument, ownership.write_team),
    "role_grant": Kind(
        "Role grant",
        "role-grants",
        _om.RoleGrant,
        _o.RoleGrantDocument,
        ownership.write_role_grant,
        _grant_slug,
    ),
    "escalation_path": Kind(
        "Escalation path",
        "escalation-paths",
        _om.EscalationPath,
        _o.EscalationPathDocument,
        ownership.write_escalation_path,
    ),
    "system": Kind("System", "systems", _cm.System, _c.SystemDocument, catalog.write_system),
    "connector": Kind(
        "Connector description",
        "connectors",
        _cm.ConnectorDescription,
        _c.ConnectorDocument,
        catalog.write_connector,
    ),
    "connection": Kind(
        "Connection", "connections", _cm.Connection, _c.ConnectionDocument, catalog.write_connection
    ),
    "entity": Kind(
        "Business entity", "entities", _cm.BusinessEntity, _c.EntityDocument, catalog.write_entity
    ),
    "api": Kind("API", "apis", _cm.Api, _c.ApiDocument, catalog.write_api),
    "api_version": Kind(
        "API version",
        "api-versions",
        _cm.ApiVersion,
        _c.ApiVersionDocument,
        catalog.write_api_version,
        lambda document: f"{document.api}@{document.version}",
    ),
    "data_contract": Kind(
        "Data contract",
        "data-contracts",
        _dm.DataContract,
        _d.DataContractDocument,
        contracts.write_data_contract,
    ),
    "data_contract_version": Kind(
        "Data contract version",
        "data-contract-versions",
        _dm.DataContractVersion,
        _d.DataContractVersionDocument,
        contracts.write_data_contract_version,
        lambda document: f"{document.contract}@{document.version}",
    ),
    "authority": Kind(
        "System of record",
        "authorities",
        AuthorityAssignment,
        AuthorityDocument,
        authority.write_authority,
        _authority_slug,
    ),
    "value_map": Kind(
        "Value map", "value-maps", _fm.ValueMap, _f.ValueMapDocument, flows.write_value_map
    ),
    "mapping": Kind("Mapping", "mappings", _fm.Mapping, _f.MappingDocument, flows.write_mapping),
    "flow": Kind("Flow", "flows", _fm.Flow, _f.FlowDocument, flows.write_flow),
}
"""In the order in which items of one request are written: what is referred to comes first."""

ORDER = list(KINDS)


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


def by_plural(plural: str) -> str | None:
    """The kind that URLs call so."""
    return next((name for name, kind in KINDS.items() if kind.plural == plural), None)
