"""Writing the typed columns of the catalogue from its documents."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from governance.catalog import connector_grammar
from governance.catalog.documents import (
    ApiDocument,
    ApiVersionDocument,
    ConnectionDocument,
    ConnectorDocument,
    EntityDocument,
    SystemDocument,
)
from governance.catalog.models import (
    Api,
    ApiVersion,
    Attribute,
    AttributeGroup,
    BusinessEntity,
    Connection,
    ConnectorDescription,
    Specification,
    System,
)
from governance.errors import InvalidDocument
from governance.ownership.queries import domain, registered


def write_system(row: System, document: SystemDocument) -> None:
    """Save the row."""
    row.name, row.description, row.kind = document.name, document.description, document.kind
    row.domain = domain(document.domain)
    row.save()


def write_connector(row: ConnectorDescription, document: ConnectorDocument) -> None:
    """Save the row; the description has to parse."""
    connector_grammar.parse(document.text)
    row.name, row.description = document.name, document.description
    row.domain = domain(document.domain)
    row.system = registered(System, document.system, pointer="/system")
    row.save()


def write_connection(row: Connection, document: ConnectionDocument) -> None:
    """Save the row; the address has to be one."""
    if document.kind == "http":
        _refuse_bad_address(document.base_url)
    row.name, row.description = document.name, document.description
    row.domain = domain(document.domain)
    row.system = registered(System, document.system, pointer="/system")
    row.connector = registered(ConnectorDescription, document.connector, pointer="/connector")
    row.environment, row.base_url = document.environment, document.base_url
    row.save()


def _refuse_bad_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidDocument(
            f"{url!r} is no address; give one such as https://erp.example.com/api",
            pointer="/base_url",
        )
    if parts.username or parts.password:
        raise InvalidDocument(
            "an address holds no credentials; store them as a secret and name it in `secret`",
            pointer="/base_url",
        )


def write_entity(row: BusinessEntity, document: EntityDocument) -> None:
    """Save the row; bring groups and attributes to the document without losing group ids."""
    _refuse_doubles(document)
    row.name, row.description = document.name, document.description
    row.domain = domain(document.domain)
    row.save()
    kept = {group.slug for group in document.groups}
    row.attributes.all().delete()
    row.groups.exclude(slug__in=kept).delete()
    for place, group in enumerate(document.groups):
        held, _ = AttributeGroup.objects.update_or_create(
            entity=row, slug=group.slug, defaults={"name": group.name, "position": place}
        )
        Attribute.objects.bulk_create(
            Attribute(
                entity=row, group=held, name=one.name, meaning=one.meaning[:300], position=number
            )
            for number, one in enumerate(group.attributes)
        )


def _refuse_doubles(document: EntityDocument) -> None:
    seen: dict[str, str] = {}
    for place, group in enumerate(document.groups):
        for number, attribute in enumerate(group.attributes):
            if attribute.name in seen:
                raise InvalidDocument(
                    f"{attribute.name} stands in {seen[attribute.name]} already; a field has one "
                    "group",
                    pointer=f"/groups/{place}/attributes/{number}",
                )
            seen[attribute.name] = group.slug


def write_api(row: Api, document: ApiDocument) -> None:
    """Save the row."""
    row.name, row.description = document.name, document.description
    row.domain = domain(document.domain)
    row.system = registered(System, document.system, pointer="/system")
    row.save()


def write_api_version(row: ApiVersion, document: ApiVersionDocument) -> None:
    """Save the row; the specification's bytes have to be stored already."""
    row.api = registered(Api, document.api, pointer="/api")
    specification = Specification.objects.filter(digest=document.specification).first()
    if specification is None:
        raise InvalidDocument(
            f"no stored specification has the digest {document.specification}; upload it first",
            pointer="/specification",
        )
    row.specification = specification
    row.name = f"{row.api.name} {document.version}"
    row.description = document.notes
    row.domain = domain(document.domain)
    row.version = document.version
    row.line = document.line or document.version.split(".")[0]
    row.sunset_on = date.fromisoformat(document.sunset_on) if document.sunset_on else None
    row.save()
