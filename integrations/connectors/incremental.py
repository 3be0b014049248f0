"""Reading all of an object, what changed by a header, or a window of the last days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from governance import clock
from governance.catalog.connector_words import seconds
from integrations.connectors.conditions import Condition
from integrations.connectors.filters import Moment
from integrations.connectors.port import Page
from integrations.connectors.reading import Recorder, Rows, ask, listing_of, meets, wanted
from integrations.connectors.values import spelled, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.catalog.connector_words import ObjectSpec
    from integrations.connectors.session import Session

Cursor = dict[str, Any]


class Reader:
    """Reads everything, in pages. The other modes begin from it."""

    def __init__(self, session: Session, spec: ObjectSpec) -> None:
        self.session = session
        self.spec = spec
        self.listing = listing_of(spec)
        self.recorder = Recorder(spec, session.description.values.datetime)

    def read(self, cursor: Cursor, limit: int, where: Mapping[str, Any]) -> Page:
        return self.all(cursor, limit, where)

    def all(self, cursor: Cursor, limit: int, where: Mapping[str, Any]) -> Page:
        found = wanted(self.spec, where)
        rows = self.rows(cursor.get("page", {}), limit, found)
        kept = {"full": True} if cursor.get("full") else {}
        return self.page(rows, found, {**kept, "page": rows.state}, kept)

    def rows(self, state: dict[str, Any], limit: int, clauses: list[Any], **told: Any) -> Rows:
        return ask(self.session, self.listing, state, limit, clauses, **told)

    def page(self, rows: Rows, found: list[Condition], going: Cursor, ended: Cursor) -> Page:
        records = [self.recorder.record(row) for row in rows.rows]
        records = [record for record in records if meets(found, record.data)]
        more = rows.state is not None
        return Page(records, going if more else ended, more)


class HeaderReader(Reader):
    """`If-Modified-Since`: the next run starts where this one began, by the system's clock."""

    def read(self, cursor: Cursor, limit: int, where: Mapping[str, Any]) -> Page:
        if cursor.get("full"):
            return self.all(cursor, limit, where)
        found = wanted(self.spec, where)
        headers = {}
        if since := cursor.get("since"):
            overlap = overlap_of(self.spec)
            moment = datetime.fromisoformat(since) - overlap
            headers = {self.spec.incremental.header: format_datetime(moment, usegmt=True)}
        rows = self.rows(cursor.get("page", {}), limit, list(found), headers=headers)
        began = cursor.get("began") or stamp(system_time(rows.headers))
        going = {"since": since, "began": began, "page": rows.state}
        return self.page(rows, found, going, {"since": began})


class WindowReader(Reader):
    """All of the last days, each time: what changed is told by its content."""

    def read(self, cursor: Cursor, limit: int, where: Mapping[str, Any]) -> Page:
        if cursor.get("full"):
            return self.all(cursor, limit, where)
        incremental = self.spec.incremental
        back = timedelta(seconds=seconds(incremental.lookback))
        start = cursor.get("from") or stamp(clock.now() - back)
        bound = bound_of(datetime.fromisoformat(start), self)
        found = wanted(self.spec, where)
        window = Condition(str(incremental.cursor), "ge", bound)
        rows = self.rows(cursor.get("page", {}), limit, [*found, window])
        return self.page(rows, found, {"from": start, "page": rows.state}, {})


def overlap_of(spec: ObjectSpec) -> timedelta:
    overlap = spec.incremental.overlap
    return timedelta(seconds=seconds(overlap)) if overlap else timedelta()


def bound_of(moment: datetime, reader: Reader) -> Any:
    value = spelled(moment, reader.session.description.values, reader.spec.incremental)
    return Moment(value) if isinstance(value, str) else value


def system_time(headers: Mapping[str, str]) -> datetime:
    """The system's own clock where it tells it."""
    try:
        found = parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return clock.now()
    return found if found.tzinfo else found.replace(tzinfo=UTC)
