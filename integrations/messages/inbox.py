"""Accepting what a source holds: rows and cursor in one transaction."""

# ruff: noqa: S608 - names come from this package, values are parameters

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import transaction

from integrations.messages import bodies, sql
from integrations.messages.accepting import Arrival, Version, arrival, new_versions
from integrations.messages.queries import PAYLOAD

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from governance.agreements.models import Agreement
    from integrations.connectors.port import SourceRecord

INBOX = "integrations_inboxmessage"
CURSOR = "integrations_cursor"
PAYLOAD_COLUMNS = {"month": "date", "digest": "text", "body": "bytea"}
INBOX_COLUMNS = {
    "flow_id": "bigint",
    "agreement_id": "bigint",
    "run": "bigint",
    "key": "text",
    "version": "text",
    "sequence": "integer",
    "content_hash": "text",
    "month": "date",
    "deleted": "boolean",
    "state": "text",
    "plan_hash": "text",
    "business_key": "text",
    "currency": "text",
    "accepted_at": "timestamptz",
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """`message_ids` are the new rows, in acceptance order."""

    accepted: int
    unchanged: int
    message_ids: list[int]


def accept(
    *,
    agreement: Agreement,
    run: int | None,
    records: Sequence[SourceRecord],
    cursor: dict[str, Any] | None,
    now: datetime,
) -> Accepted:
    """Keep every new version and advance the cursor; both or neither. None leaves the cursor."""
    flow = agreement.flow_id
    arrivals = [arrival(record) for record in records]
    with transaction.atomic():
        lock_flow(flow, now)
        fresh = new_versions(arrivals, latest=_latest(flow, arrivals), known=_known(flow, arrivals))
        message_ids = _insert(agreement, run, fresh, now)
        if cursor is not None:
            _advance(flow, cursor, now)
    return Accepted(len(fresh), len(arrivals) - len(fresh), message_ids)


def lock_flow(flow: int, now: datetime) -> None:
    """One writer of a flow's inbox and plans at a time: sequence and lane order depend on it."""
    sql.run(
        f"INSERT INTO {CURSOR} (flow_id, value, advanced_at) VALUES (%s, '{{}}', %s) "
        "ON CONFLICT DO NOTHING",
        [flow, sql.stored(now)],
    )
    if not sql.on_sqlite():
        sql.fetch(f"SELECT id FROM {CURSOR} WHERE flow_id = %s FOR UPDATE", [flow])


def cursor_of(flow: int) -> dict[str, Any]:
    """Where the next read starts; empty at first."""
    rows = sql.fetch(f"SELECT value FROM {CURSOR} WHERE flow_id = %s", [flow])
    if not rows:
        return {}
    held = rows[0][0]
    value: dict[str, Any] = msgspec.json.decode(held) if isinstance(held, str) else held
    return value


def insert_bodies(rows: Sequence[tuple[Any, str, bytes]]) -> None:
    """Rows of (stored month, digest, compressed body)."""
    sql.insert(PAYLOAD, PAYLOAD_COLUMNS, rows)


def _advance(flow: int, cursor: dict[str, Any], now: datetime) -> None:
    text = msgspec.json.encode(cursor).decode()
    sql.run(
        f"UPDATE {CURSOR} SET value = %s, advanced_at = %s WHERE flow_id = %s",
        [text, sql.stored(now), flow],
    )


def _latest(flow: int, arrivals: Sequence[Arrival]) -> dict[str, tuple[int, str]]:
    values, params = sql.source({"key": "text"}, [(key,) for key in {one.key for one in arrivals}])
    found = sql.fetch(
        f"SELECT m.key, m.sequence, m.content_hash FROM {values} CROSS JOIN {INBOX} m "
        "WHERE m.flow_id = %s AND m.key = v.key AND m.sequence = "
        f"(SELECT max(n.sequence) FROM {INBOX} n WHERE n.flow_id = %s AND n.key = v.key)",
        [*params, flow, flow],
    )
    return {key: (sequence, content) for key, sequence, content in found}


def _known(flow: int, arrivals: Sequence[Arrival]) -> set[tuple[str, str]]:
    rows = [(one.key, one.token) for one in arrivals if one.token]
    if not rows:
        return set()
    values, params = sql.source({"key": "text", "version": "text"}, rows)
    found = sql.fetch(
        f"SELECT m.key, m.version FROM {values} CROSS JOIN {INBOX} m "
        "WHERE m.flow_id = %s AND m.key = v.key AND m.version = v.version",
        [*params, flow],
    )
    return {(key, version) for key, version in found}


def _insert(
    agreement: Agreement, run: int | None, fresh: Sequence[Version], now: datetime
) -> list[int]:
    if not fresh:
        return []
    flow, moment = agreement.flow_id, sql.stored(now)
    month = sql.stored(bodies.month_of(now))
    before = sql.fetch(f"SELECT coalesce(max(id), 0) FROM {INBOX}")[0][0]
    insert_bodies(
        [(month, one.arrival.content_hash, bodies.pack(one.arrival.raw)) for one in fresh]
    )
    shared = ("accepted", "", "", "", moment)
    sql.insert(
        INBOX,
        INBOX_COLUMNS,
        [
            (
                flow,
                agreement.pk,
                run,
                one.arrival.key,
                one.version,
                one.sequence,
                one.arrival.content_hash,
                month,
                one.arrival.deleted,
                *shared,
            )
            for one in fresh
        ],
    )
    rows = sql.fetch(
        f"SELECT id FROM {INBOX} WHERE flow_id = %s AND id > %s AND state = 'accepted' ORDER BY id",
        [flow, before],
    )
    return [row[0] for row in rows]
