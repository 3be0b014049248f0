"""Documents of measures: what the firm's numbers mean."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from governance.ownership.documents import Document, Name, Part, Slug

Decimal = Annotated[str, msgspec.Meta(pattern=r"^\d{1,12}(\.\d{1,9})?$")]
"""As text, so that no digit is lost."""


class Objective(Part):
    """`share` of the amount (or count) is to keep the threshold: 95 % of it within `target`."""

    target: Decimal
    unit: Literal["business_days", "business_hours", "days", "minutes", "percent", "money", "count"]
    share: Decimal = "100"
    """Percent."""


class MeasureDocument(Document):
    """Parameters of one metric; its formula is code. `thresholds` and `buckets` are its limits.

    `buckets` are upper bounds in the objective's unit, rising; the last bucket is open.
    """

    slug: Slug
    name: Name
    domain: Slug
    metric: Slug
    process: Slug
    objective: Objective
    thresholds: dict[str, Decimal] = {}
    buckets: list[int] = []
    exclusions: list[str] = []
    owner: str = ""
    """Who answers for the definition: `team:x`, `person:x` or `seat:x`."""
    version: str = "1"
    description: str = ""
