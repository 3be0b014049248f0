"""Changes from a feed of events: it says which records to look at; they are read afresh, so that
events out of order, late or doubled cannot bring back an old state."""

from __future__ import annotations

from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from governance import clock
from governance.catalog.connector_words import Filter, PageSpec
from integrations.connectors.conditions import Condition
from integrations.connectors.encoding import plain
from integrations.connectors.incremental import Reader, bound_of, overlap_of
from integrations.connectors.places import getter
from integrations.connectors.port import Page, SourceRecord
from integrations.connectors.reading import Listing, ask, meets, wanted
from integrations.connectors.values import moment_of, stamp, unwrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from governance.catalog.connector_words import ObjectSpec
    from integrations.connectors.reading import Rows
    from integrations.connectors.session import Session

    Cursor = dict[str, Any]
    Fetch = Callable[[str], SourceRecord | None]


class EventReader(Reader):
    """The first run reads everything; later ones what the events since then name."""

    def __init__(self, session: Session, spec: ObjectSpec, fetch: Fetch) -> None:
        super().__init__(session, spec)
        self._fetch = fetch
        told = spec.incremental
        self._feed = Listing(
            path=told.path,
            records=told.records,
            id=told.id,
            page=told.page or PageSpec(),
            filter=told.filter or spec.filter or Filter(),
            params=told.params,
        )
        self._moment = getter(str(told.cursor or "created"))
        self._type, self._ref = getter("type"), getter(told.ref)

    def read(self, cursor: Cursor, limit: int, where: Mapping[str, Any]) -> Page:
        if cursor.get("full"):
            return self.all(cursor, limit, where)
        if "since" in cursor:
            return self._changes(cursor, limit, where)
        began = cursor.get("began") or stamp(clock.now())
        page = self.all(cursor, limit, where)
        state = {**page.cursor, "began": began} if page.more else {"since": began}
        return Page(page.records, state, page.more)

    def _changes(self, cursor: Cursor, limit: int, where: Mapping[str, Any]) -> Page:
        since = cursor["since"]
        bound = bound_of(datetime.fromisoformat(since) - overlap_of(self.spec), self)
        told = Condition(str(self.spec.incremental.cursor or "created"), "ge", bound)
        rows = ask(self.session, self._feed, cursor.get("page", {}), limit, [told])
        high = max([cursor.get("high") or since, *self._moments(rows)])
        found = wanted(self.spec, where)
        records = [r for r in self._records(rows) if r.deleted or meets(found, r.data)]
        if rows.state is None:
            return Page(records, {"since": high}, more=False)
        return Page(records, {"since": since, "high": high, "page": rows.state}, more=True)

    def _moments(self, rows: Rows) -> list[str]:
        style = self.session.description.values.datetime
        found = [moment_of(unwrapped(self._moment(row)), style) for row in rows.rows]
        return [stamp(moment) for moment in found if moment is not None]

    def _records(self, rows: Rows) -> list[SourceRecord]:
        """Each record that an event of ours names, once."""
        named: dict[str, dict[str, Any]] = {}
        for row in rows.rows:
            if self._is_ours(row) and (ref := self._ref(row)) not in (None, ""):
                named[plain(ref)] = row
        return [self._record(key, event) for key, event in named.items()]

    def _is_ours(self, row: dict[str, Any]) -> bool:
        pattern = self.spec.incremental.type
        return not pattern or fnmatchcase(plain(self._type(row)), pattern)

    def _record(self, key: str, event: dict[str, Any]) -> SourceRecord:
        """What is no longer there was deleted, whatever the event says."""
        record = self._fetch(key)
        if record is None:
            version = plain(getter(self.spec.incremental.id)(event))
            return SourceRecord(key, version, {}, deleted=True)
        return record
