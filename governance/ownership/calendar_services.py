"""Writing calendars from their documents."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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
        _day(one.on, pointer=f"/holidays/{number}/on")
    write_words(row, document)


def write_fiscal_calendar(row: FiscalCalendar, document: FiscalCalendarDocument) -> None:
    """Save the row; periods follow each other."""
    before: date | None = None
    for number, one in enumerate(document.periods):
        first = _day(one.first, pointer=f"/periods/{number}/first")
        last = _day(one.last, pointer=f"/periods/{number}/last")
        if last < first:
            raise InvalidDocument(f"{one.name} ends before it begins", pointer=f"/periods/{number}")
        if before is not None and first <= before:
            raise InvalidDocument(
                f"{one.name} begins before the period above it has ended",
                pointer=f"/periods/{number}/first",
            )
        before = last
    write_words(row, document)


def zone(name: str, *, pointer: str) -> ZoneInfo:
    """The time zone, or InvalidDocument."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidDocument(
            f"{name!r} is no time zone; write it as Europe/London", pointer=pointer
        ) from error


def _day(text: str, *, pointer: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidDocument(f"{text} is no day of the calendar", pointer=pointer) from error
