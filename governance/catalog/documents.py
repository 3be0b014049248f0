"""Documents of systems, connections, business entities and APIs."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from governance.ownership.documents import Document, Name, Part, Slug

Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Version = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]*$", max_length=60)]
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class SystemDocument(Document):
    """An application that holds records."""

    slug: Slug
    name: Name
    domain: Slug
    kind: Literal["crm", "psa", "billing", "erp", "hr", "bank", "tax", "other"]
    vendor: str = ""
    description: str = ""


class ConnectorDocument(Document):
    """A connector description as written (YAML or JSON); see `connector_grammar`."""

    slug: Slug
    name: Name
    domain: Slug
    system: Slug
    text: str
    description: str = ""


class ConnectionDocument(Document):
    """Where a system is reached. `secret` is the name of a stored secret."""

    slug: Slug
    name: Name
    domain: Slug
    system: Slug
    connector: Slug
    base_url: str
    environment: str = "production"
    kind: Literal["http", "memory"] = "http"
    variables: dict[str, str] = {}
    secret: str = ""
    description: str = ""


class AttributeDocument(Part):
    """One field of an entity."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
    meaning: str = ""


class GroupDocument(Part):
    """Fields that have one author together."""

    slug: Slug
    name: Name
    attributes: list[AttributeDocument]


class EntityDocument(Document):
    """A business entity; each field stands in exactly one group."""

    slug: Slug
    name: Name
    domain: Slug
    groups: list[GroupDocument]
    description: str = ""


class ApiDocument(Document):
    """An interface of a system."""

    slug: Slug
    name: Name
    domain: Slug
    system: Slug
    description: str = ""


class ApiVersionDocument(Document):
    """A version; `specification` is the SHA-256 of its stored bytes, `line` its major version."""

    api: Slug
    version: Version
    domain: Slug
    specification: Digest
    line: str = ""
    sunset_on: Day | None = None
    notes: str = ""
