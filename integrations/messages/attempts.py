"""Tries: committed before a byte is sent, closed with what they did, or found dead."""

# ruff: noqa: S608 - names come from this package, values are parameters

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from governance import crash
from integrations.messages import bodies, sql
from integrations.messages.planned import LANE, OPERATION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from integrations.messages.claiming import Claimed

ATTEMPT = "integrations_attempt"
CLOSED = "integrations_closedattempt"
DONE = ("applied", "unchanged", "superseded", "dismissed")
CLOSED_COLUMNS = {
    "month": "date",
    "operation": "bigint",
    "agreement": "bigint",
    "fence": "bigint",
    "started_at": "timestamptz",
    "finished_at": "timestamptz",
    "outcome": "text",
    "error_class": "text",
    "status": "smallint",
    "request_digest": "text",
    "response_digest": "text",
    "message": "text",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one claimed operation.

    `outcome` is "" where nothing was sent. `state` is the operation's next state. `due_at` None:
    the lane goes on at once with whatever it still has. `refund`: this try does not count.
    `response` is the decoded answer, kept as a body.
    """

    claimed: Claimed
    outcome: str
    state: str
    started_at: datetime
    due_at: datetime | None = None
    refund: bool = False
    target_id: str = ""
    status: int | None = None
    klass: str = ""
    message: str = ""
    response: Any = None


def open_attempts(*, claimed: Sequence[Claimed], now: datetime) -> set[int]:
    """Write down that these are about to be sent; the operations for which that is still so.

    An operation whose lane has another fence or whose body was replaced meanwhile is left out.
    """
    rows = [(one.id, one.lane, one.fence, one.body_digest) for one in claimed]
    columns = {"id": "bigint", "lane": "bigint", "fence": "bigint", "digest": "text"}
    values, params = sql.source(columns, rows)
    with transaction.atomic():
        opened = sql.fetch(
            f"INSERT INTO {ATTEMPT} (operation_id, fence, started_at, request_digest) "
            f"SELECT o.id, v.fence, {'%s' if sql.on_sqlite() else '%s::timestamptz'}, v.digest "
            f"FROM {values} CROSS JOIN {OPERATION} o CROSS JOIN {LANE} l "
            "WHERE o.id = v.id AND o.body_digest = v.digest AND l.id = v.lane "
            "AND l.fence = v.fence AND o.state IN ('planned', 'unknown') RETURNING operation_id",
            [sql.stored(now), *params],
        )
    crash.point("before_send")
    return {row[0] for row in opened}


def close_attempts(*, results: Sequence[Result], now: datetime) -> set[int]:
    """Complete, in the caller's transaction, what is still mine; the operations completed.

    A worker whose lease ran out finds another fence and changes nothing.
    """
    if not results:
        return set()
    with transaction.atomic():
        mine = _mine([(one.claimed.lane, one.claimed.fence) for one in results])
        kept = [one for one in results if one.claimed.lane in mine]
        _operations(kept, now)
        _archive([one for one in kept if one.outcome], now)
        _delete([(one.claimed.id, one.claimed.fence) for one in kept])
        _lanes(kept, now)
    return {one.claimed.id for one in kept}


def _mine(held: Sequence[tuple[int, int]]) -> set[int]:
    sql.lock(LANE, [lane for lane, _ in held])
    values, params = sql.source({"id": "bigint", "fence": "bigint"}, held)
    rows = sql.fetch(
        f"SELECT l.id FROM {values} CROSS JOIN {LANE} l WHERE l.id = v.id "
        "AND l.fence = v.fence AND l.lease_until IS NOT NULL",
        params,
    )
    return {row[0] for row in rows}


def _operations(results: Sequence[Result], now: datetime) -> None:
    settled_at = sql.stored(now)
    rows = [
        (
            one.claimed.id,
            one.state,
            one.claimed.tries - one.refund,
            one.target_id[:200],
            one.message[:500],
            one.klass[:20],
            settled_at if one.state in DONE else None,
        )
        for one in results
    ]
    sql.update(
        OPERATION,
        "state = v.state, tries = v.tries, last_error = "
        f"CASE WHEN v.error = '' AND v.settled_at IS NULL THEN {OPERATION}.last_error "
        "ELSE v.error END, last_class = v.klass, "
        f"settled_at = v.settled_at, target_id = CASE WHEN v.target_id = '' "
        f"THEN {OPERATION}.target_id ELSE v.target_id END",
        columns={
            "id": "bigint",
            "state": "text",
            "tries": "smallint",
            "target_id": "text",
            "error": "text",
            "klass": "text",
            "settled_at": "timestamptz",
        },
        rows=rows,
        where=f"{OPERATION}.id = v.id",
    )


def _archive(results: Sequence[Result], now: datetime) -> None:
    month, finished = sql.stored(bodies.month_of(now)), sql.stored(now)
    answers = [_answer(one.response) for one in results]
    moments = {moment: sql.stored(moment) for moment in {one.started_at for one in results}}
    sql.insert(
        "integrations_payload",
        {"month": "date", "digest": "text", "body": "bytea"},
        [(month, digest, bodies.pack(raw)) for digest, raw in answers if digest],
    )
    sql.insert(
        CLOSED,
        CLOSED_COLUMNS,
        [
            (
                month,
                one.claimed.id,
                one.claimed.agreement,
                one.claimed.fence,
                moments[one.started_at],
                finished,
                one.outcome,
                one.klass[:20],
                one.status,
                one.claimed.body_digest,
                digest,
                one.message[:500],
            )
            for one, (digest, _) in zip(results, answers, strict=True)
        ],
    )


def _answer(response: Any) -> tuple[str, bytes]:
    if response is None:
        return "", b""
    try:
        raw = bodies.encode(response)
    except bodies.Unkept:
        return "", b""
    return bodies.digest(raw), raw


def _delete(held: Sequence[tuple[int, int]]) -> None:
    values, params = sql.source({"id": "bigint", "fence": "bigint"}, held)
    sql.run(
        f"DELETE FROM {ATTEMPT} WHERE id IN (SELECT a.id FROM {values} CROSS JOIN {ATTEMPT} a "
        "WHERE a.operation_id = v.id AND a.fence = v.fence)",
        params,
    )


def _lanes(results: Sequence[Result], now: datetime) -> None:
    """Free the lanes: due again for a retry or for what follows, or blocked by a failure."""
    rows = [
        (
            one.claimed.lane,
            None if one.due_at is None else sql.stored(one.due_at),
            one.claimed.id if one.state == "failed" else None,
            one.claimed.message,
        )
        for one in results
    ]
    moment = "%s" if sql.on_sqlite() else "%s::timestamptz"
    left = (
        f"EXISTS (SELECT 1 FROM {OPERATION} o WHERE o.lane_id = {LANE}.id "
        "AND o.state IN ('planned', 'unknown')"
    )
    blocks = (
        f"v.failed IS NOT NULL AND ({LANE}.ordering = 'strict' "
        f"OR {left} AND o.message_id = v.message))"
    )
    values, params = sql.source(
        {"id": "bigint", "due_at": "timestamptz", "failed": "bigint", "message": "bigint"}, rows
    )
    sql.run(
        f"UPDATE {LANE} SET lease_until = NULL, "
        f"blocked_by = CASE WHEN {blocks} THEN v.failed ELSE {LANE}.blocked_by END, "
        f"due_at = CASE WHEN {blocks} THEN NULL WHEN v.due_at IS NOT NULL THEN v.due_at "
        f"WHEN {left}) THEN {moment} ELSE {LANE}.due_at END "
        f"FROM {values} WHERE {LANE}.id = v.id",
        [sql.stored(now), *params],
    )


def expire_leases(*, now: datetime, connection: str = "") -> int:
    """Take lanes back from workers that vanished; the lanes freed.

    The fence rises, so the vanished one completes nothing if it returns. What it had begun is
    recorded as dead and its outcome as unknown; what it had not begun does not count as a try.
    """
    narrow, params = ("AND connection = %s", [connection]) if connection else ("", [])
    with transaction.atomic():
        skip = "" if sql.on_sqlite() else "ORDER BY id FOR UPDATE SKIP LOCKED"
        rows = sql.fetch(
            f"UPDATE {LANE} SET fence = fence + 1, lease_until = NULL, due_at = %s WHERE id IN ("
            f"SELECT id FROM {LANE} WHERE lease_until < {sql.clock()} {narrow} {skip}) "
            "RETURNING id",
            [sql.stored(now), *params],
        )
        lanes = [row[0] for row in rows]
        if lanes:
            _bury(lanes, now)
            crash.point("in_expiry")
    return len(lanes)


def _bury(lanes: Sequence[int], now: datetime) -> None:
    chosen, params = sql.among("o.lane_id", lanes)
    begun = sql.fetch(
        f"SELECT a.id, a.operation_id, a.fence, a.started_at, a.request_digest, o.agreement_id "
        f"FROM {OPERATION} o JOIN {ATTEMPT} a ON a.operation_id = o.id "
        f"WHERE o.state IN ('planned', 'unknown') AND {chosen}",
        params,
    )
    moment, month = sql.stored(now), sql.stored(bodies.month_of(now))
    tail = (moment, "dead", "unknown", None)
    rows = [
        (month, operation, agreement, fence, started, *tail, digest, "", "its worker vanished")
        for _, operation, fence, started, digest, agreement in begun
    ]
    sql.insert(CLOSED, CLOSED_COLUMNS, rows)
    if begun:
        ids, values = sql.among("id", [row[1] for row in begun])
        sql.run(
            f"UPDATE {OPERATION} SET state = 'unknown', last_class = 'unknown', "
            f"last_error = 'its worker vanished' WHERE {ids}",
            values,
        )
        ids, values = sql.among("id", [row[0] for row in begun])
        sql.run(f"DELETE FROM {ATTEMPT} WHERE {ids}", values)
    _refund(lanes, [row[1] for row in begun])


def _refund(lanes: Sequence[int], begun: Sequence[int]) -> None:
    """Operations that were taken with the lane but never sent."""
    values, params = sql.source({"id": "bigint"}, [(lane,) for lane in lanes])
    not_these, ids = sql.among("id", begun)
    sql.run(
        f"UPDATE {OPERATION} SET tries = tries - 1 WHERE tries > 0 AND NOT ({not_these}) "
        f"AND id IN (SELECT (SELECT o.id FROM {OPERATION} o WHERE o.lane_id = v.id "
        "AND o.state IN ('planned', 'unknown') ORDER BY o.message_id, o.position LIMIT 1) "
        f"FROM {values})",
        [*ids, *params],
    )
