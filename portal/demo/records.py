"""Where a sample system keeps its records: one SQLite file, every record as JSON."""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Record = dict[str, Any]
SCHEMA = """
create table if not exists record (
    kind text not null, id text not null, changed_at text not null, body text not null,
    primary key (kind, id)
);
create index if not exists record_changed on record (kind, changed_at, id);
create table if not exists counter (name text primary key, value integer not null);
"""


@dataclass(frozen=True)
class Place:
    """A position in the order of change."""

    changed_at: str
    id: str


def stamp(moment: datetime) -> str:
    """Microseconds always shown, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Records:
    """Safe for the threads of one process."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.executescript("pragma journal_mode=wal; pragma synchronous=normal;" + SCHEMA)

    def __enter__(self) -> Records:
        """Several writes as one."""
        self._lock.acquire()
        self._db.execute("begin immediate")
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        self._db.execute("rollback" if kind else "commit")
        self._lock.release()

    def put(self, kind: str, body: Record, *, now: datetime) -> Record:
        """Insert or replace; the record tells when it changed."""
        changed_at = stamp(now)
        body = {**body, "updated_at": changed_at}
        with self._lock:
            self._db.execute(
                "insert or replace into record values (?, ?, ?, ?)",
                (kind, body["id"], changed_at, json.dumps(body)),
            )
        return body

    def get(self, kind: str, id: str) -> Record | None:
        with self._lock:
            row = self._db.execute(
                "select body from record where kind = ? and id = ?", (kind, id)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def changed(self, kind: str, *, after: Place | None, since: str, limit: int) -> list[Record]:
        """In the order (changed_at, id)."""
        place = after or Place("", "")
        return self._list(
            "select body from record where kind = ? and changed_at >= ?"
            " and (changed_at, id) > (?, ?) order by changed_at, id limit ?",
            (kind, since, place.changed_at, place.id, limit),
        )

    def newest(self, kind: str, *, before: str = "", limit: int) -> list[Record]:
        """By descending id, below `before`."""
        return self._list(
            "select body from record where kind = ? and (? = '' or id < ?)"
            " order by id desc limit ?",
            (kind, before, before, limit),
        )

    def count(self, kind: str) -> int:
        with self._lock:
            row = self._db.execute("select count(*) from record where kind = ?", (kind,))
            return int(row.fetchone()[0])

    def next(self, name: str) -> int:
        """1, 2, 3 …, never again the same."""
        with self._lock:
            row = self._db.execute(
                "insert into counter values (?, 1)"
                " on conflict (name) do update set value = value + 1 returning value",
                (name,),
            )
            return int(row.fetchone()[0])

    def _list(self, statement: str, values: tuple[Any, ...]) -> list[Record]:
        with self._lock:
            return [json.loads(body) for (body,) in self._db.execute(statement, values)]
