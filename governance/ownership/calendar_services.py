"""Writing calendars from their documents."""

from __future__ import annotations

from datetime import date
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from holidays.utils import list_supported_countries

from governance.errors import InvalidDocument
from governance.ownership.calendars import BusinessCalendarDocument, FiscalCalendarDocument
from governance.ownership.models import BusinessCalendar, FiscalCalendar
from governance.ownership.services import write_words


def write_business_calendar(row: BusinessCalendar, document: BusinessCalendarDocument) -> None:
    """Save the row; somebody has to work at some hour of some day, in a zone that exists."""
    zone(document.time_zone, pointer="/time_zone")
    if document.closes <= document.opens:
        raise InvalidDocument("it closes before it opens", pointer="/closes")
    if not document.weekdays:
        raise InvalidDocument("give at least one day of the week", pointer="/weekdays")
    for number, one in enumerate(document.holidays):
        day(one.on, pointer=f"/holidays/{number}/on")
    _refuse_unknown_place(document.country, document.subdivision)
    write_words(row, document)


def write_fiscal_calendar(row: FiscalCalendar, document: FiscalCalendarDocument) -> None:
    """Save the row; periods follow each other."""
    before: date | None = None
    for number, one in enumerate(document.periods):
        first = day(one.first, pointer=f"/periods/{number}/first")
        last = day(one.last, pointer=f"/periods/{number}/last")
        if last < first:
            raise InvalidDocument(f"{one.name} ends before it begins", pointer=f"/periods/{number}")
        if before is not None and first <= before:
            raise InvalidDocument(
                f"{one.name} begins before the period above it has ended",
                pointer=f"/periods/{number}/first",
            )
        before = last
    for number, freeze in enumerate(document.freezes):
        first = day(freeze.first, pointer=f"/freezes/{number}/first")
        if day(freeze.last, pointer=f"/freezes/{number}/last") < first:
            raise InvalidDocument(
                f"{freeze.name} ends before it begins", pointer=f"/freezes/{number}"
            )
    write_words(row, document)


def zone(name: str, *, pointer: str) -> ZoneInfo:
    """The time zone, or InvalidDocument."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidDocument(
            f"{name!r} is no time zone; write it as Europe/London", pointer=pointer
        ) from error


def day(text: str, *, pointer: str) -> date:
    """The day, or InvalidDocument."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidDocument(f"{text} is no day of the calendar", pointer=pointer) from error


def _refuse_unknown_place(country: str, subdivision: str) -> None:
    if subdivision and not country:
        raise InvalidDocument("a subdivision needs its country", pointer="/country")
    if not country:
        return
    if country not in _countries():
        raise InvalidDocument(
            f"{country!r} is no country whose holidays are known; write it as GB",
            pointer="/country",
        )
    within = _countries()[country]
    if subdivision and subdivision not in within:
        raise InvalidDocument(
            f"{country} has no subdivision {subdivision!r}; it has {', '.join(within) or 'none'}",
            pointer="/subdivision",
        )


@cache
def _countries() -> dict[str, list[str]]:
    """ISO 3166 code → its subdivisions' codes."""
    return dict(list_supported_countries(include_aliases=False))
