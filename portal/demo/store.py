"""Where a system of the sample firm keeps its records: an SQLite file, each record as JSON."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]
SCHEMA = """
create table if not exists record (
    kind text not null, id text not null, changed_at text not null, ref text not null default '',
    hidden integer not null default 0, body text not null, primary key (kind, id)
) without rowid;
create index if not exists record_changed on record (kind, changed_at, id);
create index if not exists record_ref on record (kind, ref);
create table if not exists counter (name text primary key, value integer not null);
"""
PRAGMAS = "pragma journal_mode=wal; pragma synchronous=normal;"


@dataclass(frozen=True)
class Row:
    """`text` is the record as JSON."""

    id: str
    changed_at: str
    text: str

    @property
    def record(self) -> Record:
        found: Record = json.loads(self.text)
        return found


@dataclass(frozen=True)
class Wanted:
    """Which records: equal fields, bounds on the moment of change, and how many."""

    equal: Mapping[str, Any]
    since: str = ""
    after: tuple[str, str] = ("", "")
    limit: int = 1000


class Store:
    """Safe for the threads of one process. `refs` names the field of a kind to look up by."""

    def __init__(self, path: Path | str, *, refs: Mapping[str, str]) -> None:
        self._refs = refs
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.executescript(PRAGMAS + SCHEMA)

    def __enter__(self) -> Store:
        """Several writes as one."""
        self._lock.acquire()
        self._db.execute("begin immediate")
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        self._db.execute("rollback" if kind else "commit")
        self._lock.release()

    def fill(self, kind: str, rows: Iterable[tuple[str, Record]]) -> None:
        """History: pairs of (changed_at, record); those with a key `_hidden` are not shown yet."""
        values = [self._row(kind, changed_at, body) for changed_at, body in rows]
        with self._lock:
            self._db.executemany("insert into record values (?, ?, ?, ?, ?, ?)", values)

    def put(self, kind: str, body: Record, *, changed_at: str) -> Record:
        """Insert or replace."""
        with self._lock:
            self._db.execute(
                "insert or replace into record values (?, ?, ?, ?, ?, ?)",
                self._row(kind, changed_at, body),
            )
        return body

    def _row(self, kind: str, changed_at: str, body: Record) -> tuple[Any, ...]:
        hidden = int(bool(body.pop("_hidden", False)))
        ref = str(body.get(self._refs.get(kind, ""), "") or "")
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return kind, str(body["id"]), changed_at, ref, hidden, text

    def get(self, kind: str, id: str) -> Record | None:
        rows = self._rows("kind = ? and id = ? and hidden = 0", [kind, id], "id", 1)
        return rows[0].record if rows else None

    def by_ref(self, kind: str, ref: str) -> list[Record]:
        rows = self._rows("kind = ? and ref = ? and hidden = 0", [kind, ref], "id", 100)
        return [row.record for row in rows]

    def changed(self, kind: str, wanted: Wanted) -> list[Row]:
        """In the order (changed_at, id)."""
        where, values = self._where(kind, wanted.equal)
        where += " and changed_at >= ? and (changed_at, id) > (?, ?)"
        return self._rows(
            where, [*values, wanted.since, *wanted.after], "changed_at, id", wanted.limit
        )

    def newest(self, kind: str, wanted: Wanted) -> list[Row]:
        """By descending id, below that of `after`."""
        where, values = self._where(kind, wanted.equal)
        before = wanted.after[1]
        where += " and changed_at >= ? and (? = '' or id < ?)"
        values += [wanted.since, before, before]
        return self._rows(where, values, "id desc", wanted.limit)

    def recent(self, kind: str, limit: int) -> list[Record]:
        """What changed last, first."""
        rows = self._rows("kind = ? and hidden = 0", [kind], "changed_at desc, id desc", limit)
        return [row.record for row in rows]

    def _where(self, kind: str, equal: Mapping[str, Any]) -> tuple[str, list[Any]]:
        where, values = "kind = ? and hidden = 0", [kind]
        for name, value in equal.items():
            if name == self._refs.get(kind):
                where += " and ref = ?"
                values.append(value)
            else:
                where += " and json_extract(body, ?) = ?"
                values += [f"$.{name}", value]
        return where, values

    def reveal(self, kind: str) -> int:
        """Show what was hidden; how many."""
        with self._lock:
            done = self._db.execute(
                "update record set hidden = 0 where kind = ? and hidden = 1", (kind,)
            )
        return done.rowcount

    def count(self, kind: str) -> int:
        with self._lock:
            row = self._db.execute("select count(*) from record where kind = ?", (kind,))
            return int(row.fetchone()[0])

    def next(self, name: str, *, start: int = 1) -> int:
        """`start`, then one more each time, never again the same."""
        with self._lock:
            row = self._db.execute(
                "insert into counter values (?, ?)"
                " on conflict (name) do update set value = value + 1 returning value",
                (name, start),
            )
            return int(row.fetchone()[0])

    def _rows(self, where: str, values: list[Any], order: str, limit: int) -> list[Row]:
        statement = (
            f"select id, changed_at, body from record where {where} order by {order} limit ?"  # noqa: S608  own text
        )
        with self._lock:
            return [Row(*row) for row in self._db.execute(statement, [*values, limit])]


def listed(rows: Iterable[Row]) -> str:
    """The rows as one JSON list, without reading them."""
    return "[" + ",".join(row.text for row in rows) + "]"
