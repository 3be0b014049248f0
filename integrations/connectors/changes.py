"""Changes since a cursor, asked for by a filter that the system is first seen to honour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from governance import clock
from integrations.connectors.conditions import Condition
from integrations.connectors.filters import After
from integrations.connectors.incremental import Reader, bound_of, overlap_of
from integrations.connectors.places import getter
from integrations.connectors.port import Page
from integrations.connectors.reading import Rows, meets, wanted
from integrations.connectors.values import moment_of, stamp
from integrations.errors import NeedsAPerson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.catalog.connector_words import ObjectSpec
    from integrations.connectors.filters import Clause
    from integrations.connectors.session import Session

FAR = timedelta(days=3650)
HIGHEST = 2**53 - 1
Cursor = dict[str, Any]


class FilterReader(Reader):
    """Changes since a cursor. Several cursor fields, of which later ones count only where the
    earlier are null, are read one after the other. Late commits and ties are met by an overlap
    and by (field, tie) order."""

    def __init__(self, session: Session, spec: ObjectSpec) -> None:
        super().__init__(session, spec)
        cursor = spec.incremental.cursor
        self.fields = [cursor] if isinstance(cursor, str) else list(cursor or [])
        self.keyset = spec.page.style == "keyset"
        self._places = [getter(name) for name in self.fields]
        self.tie = getter(spec.incremental.tie)
        self._honoured: bool | None = None if spec.incremental.verify == "probe" else True

    def read(self, cursor: Cursor, limit: int, where: Mapping[str, Any]) -> Page:
        if cursor.get("full") and not self.keyset:
            return self.all(cursor, limit, where)
        found = wanted(self.spec, where)
        state = {"phase": 0, "since": [None] * len(self.fields), **cursor}
        clauses = self._clauses(state)
        if clauses and not self._is_honoured(found):
            return self._unfiltered(state, limit, found)
        rows = self.rows(state.get("page", {}), limit, [*found, *clauses], order=self._order(state))
        return self._page(rows, found, state)

    def _clauses(self, state: Cursor) -> list[Clause]:
        phase = state["phase"]
        field, since = self.fields[phase], state["since"][phase]
        clauses: list[Clause] = [Condition(name, "eq", None) for name in self.fields[:phase]]
        at = state.get("page", {}).get("at")
        if self.keyset and at is not None:
            last = state["page"]["id"]
            return [*clauses, After(field, self._bound(at), self.spec.incremental.tie, last)]
        if since is not None:
            op = self.spec.incremental.op
            return [*clauses, Condition(field, op, self._bound(since, overlap=True))]
        return [*clauses, Condition(field, "ne", None)] if len(self.fields) > 1 else clauses

    def _bound(self, kept: Any, *, overlap: bool = False) -> Any:
        if self.spec.incremental.kind == "number":
            return kept
        moment = datetime.fromisoformat(kept)
        return bound_of(moment - overlap_of(self.spec) if overlap else moment, self)

    def _order(self, state: Cursor) -> str:
        return f"{self.fields[state['phase']]} asc,{self.spec.incremental.tie} asc" * self.keyset

    def _page(self, rows: Rows, found: list[Condition], state: Cursor) -> Page:
        marks = [mark for row in rows.rows if (mark := self._mark(row, state)) is not None]
        highs = [state.get("high"), self._kept(max(marks)) if marks else None]
        high = max((mark for mark in highs if mark is not None), default=None)
        going = {**state, "high": high, "page": self._next(rows, marks)}
        ended = self._ended(state, high)
        page = self.page(rows, found, going, ended)
        if not page.more and ended.get("phase"):
            return Page(page.records, ended, more=True)
        return page

    def _next(self, rows: Rows, marks: list[Any]) -> dict[str, Any] | None:
        if rows.state is None or not self.keyset or not rows.rows:
            return rows.state
        return {**rows.state, "at": self._kept(marks[-1]), "id": self.tie(rows.rows[-1])}

    def _mark(self, row: dict[str, Any], state: Cursor) -> Any:
        """Where the row stands in the order: a number or a moment."""
        value = self._places[state["phase"]](row)
        if value is None and self.keyset:
            raise NeedsAPerson(
                f"{self.fields[state['phase']]} is null: list a second cursor field",
                klass="contract",
            )
        if value is None or self.spec.incremental.kind == "number":
            return value
        return moment_of(value, self.session.description.values.datetime)

    @staticmethod
    def _kept(mark: Any) -> Any:
        """As cursors keep it: JSON, and in order as text."""
        return stamp(mark) if isinstance(mark, datetime) else mark

    def _ended(self, state: Cursor, high: Any) -> Cursor:
        """The next field's phase, or after the last one the next run's start."""
        since, phase = list(state["since"]), state["phase"]
        since[phase] = max((x for x in (since[phase], high) if x is not None), default=None)
        kept = {"full": True} if state.get("full") else {}
        if phase + 1 < len(self.fields):
            return {**kept, "since": since, "phase": phase + 1}
        return kept or {"since": since}

    def _is_honoured(self, found: list[Condition]) -> bool:
        """Asked once: a bound in the future must leave no row, else the system ignores it."""
        if self._honoured is None:
            number = self.spec.incremental.kind == "number"
            future = HIGHEST if number else bound_of(clock.now() + FAR, self)
            probe = Condition(self.fields[0], self.spec.incremental.op, future)
            self._honoured = not self.rows({}, 1, [*found, probe]).rows
        return self._honoured

    def _unfiltered(self, state: Cursor, limit: int, found: list[Condition]) -> Page:
        """Read all pages and drop what is older here."""
        if self.keyset or len(self.fields) > 1:
            raise NeedsAPerson(
                f"{self.spec.path}: the system ignores the filter on {self.fields[0]}; describe "
                "another page style, or the mode window or full",
                klass="contract",
            )
        rows = self.rows(state.get("page", {}), limit, list(found))
        since = state["since"][0]
        if since is not None and self.spec.incremental.kind == "time":
            since = stamp(datetime.fromisoformat(since) - overlap_of(self.spec))
        marks = [self._kept(self._mark(row, state)) for row in rows.rows]
        young = [
            row
            for row, mark in zip(rows.rows, marks, strict=True)
            if since is None or mark is None or mark >= since
        ]
        page = self._page(rows, found, state)
        records = [self.recorder.record(row) for row in young]
        return Page([r for r in records if meets(found, r.data)], page.cursor, page.more)
