"""Documents of loss tables and FX rates."""

from __future__ import annotations

from typing import Annotated

import msgspec

from governance.measures.documents import Decimal
from governance.ownership.calendars import Day
from governance.ownership.documents import Document, Name, Part, Slug

Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]


class LossRow(Part):
    """How likely money under such a case is lost; empty keys match anything."""

    probability: Decimal
    """0 to 1."""
    case_class: str = msgspec.field(default="", name="class")
    contract_type: str = ""
    age_up_to_days: int | None = None
    """Business days; none: however old."""


class LossTableDocument(Document):
    """The first row that matches counts. `cost_of_capital` is a share a year, such as 0.08."""

    slug: Slug
    name: Name
    domain: Slug
    rows: list[LossRow]
    cost_of_capital: Decimal = "0"
    description: str = ""


class FxRate(Part):
    """Units of the base currency for one unit of `currency`, from `on` until its next row."""

    on: Day
    currency: Currency
    rate: Decimal


class FxSourceDocument(Document):
    """Dated rates to one base currency."""

    slug: Slug
    name: Name
    domain: Slug
    base: Currency
    rates: list[FxRate]
    rate_type: str = "month_average"
    description: str = ""
