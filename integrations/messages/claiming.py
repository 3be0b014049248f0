"""Leasing lanes by the database clock. The fence, not the lease's length, is the safety."""

# ruff: noqa: S608 - names come from this package, values are parameters

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from governance import crash
from integrations.connectors import services as connections
from integrations.connectors.models import Breaker
from integrations.messages import sql
from integrations.messages.planned import LANE, OPERATION

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARES = (("live", 1), ("replay", 4), ("backfill", 10))
"""Of 14 lanes claimed under pressure about ten are live, three replays, one backfill."""
RESTING = (
    "AND NOT EXISTS (SELECT 1 FROM integrations_breaker b WHERE b.connection = l.connection "
    "AND b.state <> 'closed') "
    "AND NOT EXISTS (SELECT 1 FROM integrations_maintenancewindow w "
    "WHERE w.connection = l.connection AND w.starts_at <= %s AND w.ends_at > %s) "
)
WINDOW_ONLY = RESTING[RESTING.index("AND NOT EXISTS (SELECT 1 FROM integrations_maint") :]


@dataclass(frozen=True, slots=True)
class Claimed:
    """One operation that this worker alone may try now; `tries` counts this try already."""

    id: int
    lane: int
    fence: int
    flow: int
    agreement: int
    message: int
    kind: str
    business_key: str
    revision: str
    position: int
    month: date
    body_digest: str
    state: str
    tries: int
    planned_at: datetime
    last_class: str
    ordering: str


@dataclass(frozen=True, slots=True)
class Claim:
    """`superseded`: operations that a newer version made needless just now."""

    operations: list[Claimed]
    superseded: list[int]
    probing: bool = False


def claim(*, connection: str, limit: int, now: datetime) -> Claim:
    """Lease up to `limit` due lanes and take the next operation of each.

    Nothing while the connection rests; one lane when its breaker is due for a probe. Rate tokens
    are taken first and returned where there was less to do.
    """
    probing = Breaker.objects.filter(connection=connection).exclude(state="closed").exists()
    if probing:
        if not connections.probe(connection=connection, now=now):
            return Claim([], [])
        limit = 1
    granted = connections.take(connection, limit, now)
    if not granted:
        return Claim([], [])
    with transaction.atomic():
        leased = dict(_lease(connection, granted, now, probing=probing))
        found = _next(leased, now) if leased else Claim([], [])
    if spare := granted - len(found.operations):
        connections.give_back(connection, spare)
    crash.point("after_claim")
    return Claim(found.operations, found.superseded, probing)


def _lease(connection: str, limit: int, now: datetime, *, probing: bool) -> list[tuple[int, int]]:
    """(lane, fence) of lanes leased now, by weighted turns of live, replay and backfill."""
    parts, params = [], []
    moment = sql.stored(now)
    skip = "" if sql.on_sqlite() else "FOR UPDATE OF l SKIP LOCKED"
    for share, weight in SHARES:
        parts.append(
            f"SELECT id, row_number() OVER (ORDER BY due_at) * {weight} AS turn FROM ("
            f"SELECT l.id, l.due_at FROM {LANE} l WHERE l.connection = %s AND l.share = '{share}' "
            "AND l.due_at IS NOT NULL AND l.lease_until IS NULL AND l.due_at <= %s "
            f"{WINDOW_ONLY if probing else RESTING} ORDER BY l.due_at LIMIT %s {skip}) {share}"
        )
        params += [connection, moment, moment, moment, limit]
    chosen = f"SELECT id FROM ({' UNION ALL '.join(parts)}) turns ORDER BY turn LIMIT %s"
    rows = sql.fetch(
        f"UPDATE {LANE} SET fence = fence + 1, due_at = NULL, lease_until = {sql.lease_end()} "
        f"WHERE id IN ({chosen}) RETURNING id, fence",
        [*params, limit],
    )
    return [(lane, fence) for lane, fence in rows]


def _next(leased: dict[int, int], now: datetime) -> Claim:
    superseded = _supersede(sorted(leased), now)
    rows = _raise_tries(sorted(leased))
    operations = [_claimed(row, leased) for row in rows]
    idle = leased.keys() - {one.lane for one in operations}
    release(sorted(idle))
    return Claim(operations, superseded)


def _supersede(lanes: Sequence[int], now: datetime) -> list[int]:
    """Operations never to be sent: a newer version was applied, or (latest wins) is planned."""
    chosen, params = sql.among("o.lane_id", lanes)
    newer = (
        "newer.state IN ('applied', 'unchanged') OR (l.ordering = 'latest_wins' "
        "AND newer.state IN ('planned', 'unknown'))"
    )
    found = sql.fetch(
        f"SELECT o.id FROM {OPERATION} o JOIN {LANE} l ON l.id = o.lane_id "
        f"WHERE o.state = 'planned' AND o.revision <> '0' AND {chosen} AND EXISTS ("
        f"SELECT 1 FROM {OPERATION} newer WHERE newer.flow_id = o.flow_id "
        "AND newer.target_system = o.target_system AND newer.kind = o.kind AND "
        f"newer.business_key = o.business_key AND newer.message_id > o.message_id AND ({newer}))",
        params,
    )
    gone = [row[0] for row in found]
    if gone:
        ids, values = sql.among("id", gone)
        sql.run(
            f"UPDATE {OPERATION} SET state = 'superseded', settled_at = %s WHERE {ids}",
            [sql.stored(now), *values],
        )
    return gone


_TAKEN = (
    "id, lane_id, flow_id, agreement_id, message_id, kind, business_key, revision, position, "
    "month, body_digest, state, tries, planned_at, last_class"
)


def _raise_tries(lanes: Sequence[int]) -> list[tuple[Any, ...]]:
    """The first open operation of each lane; its count rises before any work."""
    values, params = sql.source({"id": "bigint"}, [(lane,) for lane in lanes])
    return sql.fetch(
        f"UPDATE {OPERATION} SET tries = tries + 1 WHERE id IN (SELECT "
        f"(SELECT o.id FROM {OPERATION} o WHERE o.lane_id = v.id "
        "AND o.state IN ('planned', 'unknown') ORDER BY o.message_id, o.position LIMIT 1) "
        f"FROM {values}) RETURNING {_TAKEN}, "
        f"(SELECT l.ordering FROM {LANE} l WHERE l.id = lane_id)",
        params,
    )


def _claimed(row: tuple[Any, ...], leased: dict[int, int]) -> Claimed:
    pk, lane, *middle, tries, planned_at, last_class, ordering = row
    flow, agreement, message, kind, key, revision, position, month, digest, state = middle
    return Claimed(
        id=pk,
        lane=lane,
        fence=leased[lane],
        flow=flow,
        agreement=agreement,
        message=message,
        kind=kind,
        business_key=key,
        revision=revision,
        position=position,
        month=date.fromisoformat(month) if isinstance(month, str) else month,
        body_digest=digest,
        state=state,
        tries=tries,
        planned_at=_aware(planned_at),
        last_class=last_class,
        ordering=ordering,
    )


def _aware(moment: datetime | str) -> datetime:
    """SQLite keeps UTC without saying so."""
    held = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return held if held.tzinfo else held.replace(tzinfo=UTC)


def release(lanes: Sequence[int]) -> None:
    """Give back lanes that turned out to have nothing to do."""
    if lanes:
        chosen, params = sql.among("id", lanes)
        sql.run(f"UPDATE {LANE} SET lease_until = NULL WHERE {chosen}", params)


def renew(held: Sequence[tuple[int, int]]) -> set[int]:
    """Prolong leases of (lane, fence); the lanes still mine."""
    rows = sql.update(
        LANE,
        f"lease_until = {sql.lease_end()}",
        columns={"id": "bigint", "fence": "bigint"},
        rows=held,
        where=f"{LANE}.id = v.id AND {LANE}.fence = v.fence AND {LANE}.lease_until IS NOT NULL",
    )
    return {row[0] for row in rows}
