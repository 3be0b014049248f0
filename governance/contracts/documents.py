"""Documents of data contracts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from governance.catalog.documents import Version
from governance.ownership.documents import Document, Duration, Name, Part, Slug


class DataContractDocument(Document):
    """The promise about one entity."""

    slug: Slug
    name: Name
    domain: Slug
    entity: Slug
    description: str = ""


class FieldMeaning(Part):
    """What a field means; changing any of it is breaking even where the shape is the same."""

    meaning: str = ""
    unit: str = ""
    currency: str = ""
    """ISO 4217 code, or the field that carries it."""
    tax_basis: Literal["", "net", "gross"] = ""
    sign: str = ""
    rounding: str = ""
    date_basis: str = ""
    time_zone: str = ""
    classification: Literal["", "public", "internal", "confidential", "personal"] = ""
    kind: Literal["", "money", "tax", "party", "date", "rate"] = ""


class Sum(Part):
    """`of` is what `plus` adds up to, less `minus`, plus the product of `product` over `per`, at
    most `tolerance` off. Paths are JMESPath over the record, or each element of the list `each`."""

    name: Name
    of: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    plus: list[str] = []
    minus: list[str] = []
    product: list[str] = []
    per: str = ""
    each: str = ""
    tolerance: str = ""


class SlaTerms(Part):
    """How soon a record settles, in business time of the owner."""

    settle_within: Duration = "PT4H"


class DataContractVersionDocument(Document):
    """JSON Schema 2020-12, the meaning of its top-level fields, and SLA terms."""

    contract: Slug
    version: Version
    domain: Slug
    schema: dict[str, Any]
    fields: dict[str, FieldMeaning] = {}
    sums: list[Sum] = []
    """Arithmetic that every record keeps, beyond what a schema can say."""
    sla: SlaTerms = msgspec.field(default_factory=SlaTerms)
    line: str = ""
    notes: str = ""
