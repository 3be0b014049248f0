"""Documents of calendars: which hours and days count, and which period is which."""

from __future__ import annotations

from typing import Annotated

import msgspec

from governance.ownership.documents import Document, Name, Part, Slug

Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Weekday = Annotated[int, msgspec.Meta(ge=1, le=7)]
"""ISO 8601: 1 is Monday."""


class Holiday(Part):
    """A day on which nobody works."""

    on: Day
    name: Name


class BusinessCalendarDocument(Document):
    """Working hours in a zone. What counts are the listed holidays.

    `country` and `subdivision` (ISO 3166) only tell where a list of holidays came from.
    """

    slug: Slug
    name: Name
    domain: Slug
    time_zone: str
    opens: Clock = "09:00"
    closes: Clock = "17:30"
    weekdays: list[Weekday] = msgspec.field(default_factory=lambda: [1, 2, 3, 4, 5])
    holidays: list[Holiday] = []
    legal_entities: list[str] = []
    """Codes of the legal entities whose business runs by it."""
    country: str = ""
    subdivision: str = ""
    description: str = ""


class FiscalPeriod(Part):
    """From its first day to its last, both within; closed once `closed_on` is there."""

    name: Name
    first: Day
    last: Day
    closed_on: Day | None = None


class Freeze(Part):
    """Days, both within, on which nothing that behaves differently may become active."""

    name: Name
    first: Day
    last: Day
    domains: list[Slug] = []
    """Empty: the whole firm."""


class FiscalCalendarDocument(Document):
    """The firm's periods, in order and without an overlap, and its freezes."""

    slug: Slug
    name: Name
    domain: Slug
    periods: list[FiscalPeriod]
    freezes: list[Freeze] = []
    description: str = ""
