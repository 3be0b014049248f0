"""Named in-memory systems of record: versions, a change log, keys seen, faults on demand."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integrations.connectors.port import Answer, EffectClass, SourceRecord, Write
from integrations.errors import NeedsAPerson, TryLater, UnknownOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from integrations.errors import ConnectorError


@dataclass(slots=True)
class Table:
    """One object's rows. The log's index is the cursor; a row counts at its last place only."""

    rows: dict[str, SourceRecord] = field(default_factory=dict)
    place: dict[str, int] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    indexes: dict[str, dict[Any, str]] = field(default_factory=dict)

    def put(self, record: SourceRecord) -> None:
        self.rows[record.key] = record
        self.place[record.key] = len(self.log)
        self.log.append(record.key)
        for name, index in self.indexes.items():
            index[record.data.get(name)] = record.key

    def key_where(self, name: str, value: Any) -> str | None:
        """The key of the row whose field has that value; indexed on first use."""
        if name not in self.indexes:
            self.indexes[name] = {row.data.get(name): row.key for row in self.rows.values()}
        return None if value is None else self.indexes[name].get(value)

    def slice(self, start: int, limit: int) -> tuple[list[SourceRecord], int]:
        """Up to `limit` changed records from `start` on, and where to go on."""
        log, place, rows = self.log, self.place, self.rows
        found: list[SourceRecord] = []
        at = start
        while at < len(log) and len(found) < limit:
            key = log[at]
            if place[key] == at:
                found.append(rows[key])
            at += 1
        return found, at


@dataclass(slots=True)
class Effect:
    """One effect that a write had: what a checker counts."""

    object: str
    action: str
    id: str
    reference: str
    idempotency_key: str
    body: dict[str, Any]


class Store:
    """A system held in memory. `effect` is the class of writes that no description declares."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """As if it were new."""
        self.effect = EffectClass.IDEMPOTENCY_KEY
        self.effects: list[Effect] = []
        self._tables: dict[str, Table] = {}
        self._answers: dict[str, Answer] = {}
        self._references: dict[tuple[str, str, str], Answer] = {}
        self._before: deque[ConnectorError] = deque()
        self._after: deque[ConnectorError] = deque()
        self._acts: dict[tuple[str, str], Callable[[dict[str, Any], dict[str, Any]], Any]] = {}
        self._made = 0

    def put(self, object: str, data: dict[str, Any], *, key: str | None = None) -> SourceRecord:
        """Insert or replace; the version rises."""
        name = str(data["id"]) if key is None else key
        with self._lock:
            table = self._table(object)
            record = SourceRecord(name, str(len(table.log) + 1), data)
            table.put(record)
        return record

    def put_many(self, object: str, rows: Iterable[dict[str, Any]]) -> None:
        with self._lock:
            for row in rows:
                self.put(object, row)

    def delete(self, object: str, key: str) -> None:
        """A tombstone that readers see; the key may be used again."""
        with self._lock:
            table = self._table(object)
            version = str(len(table.log) + 1)
            table.put(SourceRecord(key, version, table.rows[key].data, deleted=True))

    def get(self, object: str, key: str) -> SourceRecord | None:
        with self._lock:
            record = self._table(object).rows.get(key)
        return None if record is None or record.deleted else record

    def records(self, object: str) -> list[SourceRecord]:
        """What exists now, oldest key first."""
        with self._lock:
            return [row for row in self._table(object).rows.values() if not row.deleted]

    def act(
        self, object: str, action: str, does: Callable[[dict[str, Any], dict[str, Any]], Any]
    ) -> None:
        """`does(data, body)` gives the record after a named action; by default body is merged."""
        self._acts[object, action] = does

    def fail_next(self, n: int = 1, error: ConnectorError | None = None) -> None:
        """The next n calls have no effect and raise."""
        self._before.extend([error or TryLater("the system is down", status=503)] * n)

    def throttle_next(self, n: int = 1, after_seconds: float = 1.0) -> None:
        error = TryLater("slow down", throttled=True, after_seconds=after_seconds, status=429)
        self.fail_next(n, error)

    def lose_answer_next(self, n: int = 1) -> None:
        """The next n writes have their effect, and the caller never hears of it."""
        self._after.extend([UnknownOutcome("the connection was reset after sending")] * n)

    def read(
        self, object: str, start: int, limit: int, found: Callable[[SourceRecord], bool] | None
    ) -> tuple[list[SourceRecord], int, bool]:
        with self._lock:
            self._fail(self._before)
            table = self._table(object)
            rows, at = table.slice(start, limit)
            more = at < len(table.log)
        return (rows if found is None else [row for row in rows if found(row)]), at, more

    def write(self, write: Write, effect: EffectClass, upsert_by: str) -> Answer:
        with self._lock:
            self._fail(self._before)
            answer = self._repeat(write, effect) or self._apply(write, effect, upsert_by)
            self._fail(self._after)
        return answer

    def find(self, write: Write) -> Answer | None:
        with self._lock:
            self._fail(self._before)
            return self._references.get((write.object, write.action, write.reference))

    def _table(self, object: str) -> Table:
        return self._tables.setdefault(object, Table())

    @staticmethod
    def _fail(queue: deque[ConnectorError]) -> None:
        if queue:
            raise queue.popleft()

    def _repeat(self, write: Write, effect: EffectClass) -> Answer | None:
        if effect is not EffectClass.IDEMPOTENCY_KEY or not write.idempotency_key:
            return None
        first = self._answers.get(write.idempotency_key)
        return None if first is None else Answer(first.id, first.status, first.body, existed=True)

    def _apply(self, write: Write, effect: EffectClass, upsert_by: str) -> Answer:
        key = self._key(write, effect, upsert_by)
        before = self._table(write.object).rows.get(key)
        if write.action not in {"create", "upsert"} and before is None:
            raise NeedsAPerson(f"{write.object} {key!r} does not exist", status=404)
        act = self._acts.get((write.object, write.action))
        old = before.data if before is not None and not before.deleted else {}
        data = act(old, write.body) if act else {**old, **write.body}
        data.setdefault("id", key)
        record = self.put(write.object, data, key=key)
        answer = Answer(key, 200 if before else 201, record.data)
        self._remember(write, answer)
        return answer

    def _key(self, write: Write, effect: EffectClass, upsert_by: str) -> str:
        if "id" in write.path:
            return write.path["id"]
        table = self._table(write.object)
        if effect is EffectClass.UPSERT and upsert_by:
            wanted = write.body.get(upsert_by, write.path.get(upsert_by))
            if known := table.key_where(upsert_by, wanted):
                return known
        self._made += 1
        key = str(write.body.get("id") or f"{write.object}-{self._made:06}")
        if key in table.rows and effect is not EffectClass.UPSERT:
            raise NeedsAPerson(f"{write.object} {key!r} exists", klass="duplicate", status=409)
        return key

    def _remember(self, write: Write, answer: Answer) -> None:
        found = Answer(answer.id, 200, answer.body, existed=True)
        if write.idempotency_key:
            self._answers[write.idempotency_key] = answer
        if write.reference:
            self._references[write.object, write.action, write.reference] = found
        self.effects.append(
            Effect(
                write.object,
                write.action,
                answer.id,
                write.reference,
                write.idempotency_key,
                write.body,
            )
        )


_stores: dict[str, Store] = {}
_making = threading.Lock()


def store(name: str) -> Store:
    """The store of that name in this process; made on first use."""
    with _making:
        return _stores.setdefault(name, Store(name))


def forget_all() -> None:
    """Every store is empty again: between tests."""
    with _making:
        _stores.clear()
