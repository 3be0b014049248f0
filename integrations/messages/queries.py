"""Reading the ledger."""

# ruff: noqa: S608 - names come from this package, values are parameters

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Min

from integrations.messages import bodies, sql
from integrations.messages.models import Lane, Payload

PAYLOAD = "integrations_payload"


def body(month: date, digest: str) -> Any:
    """The decoded body, or None where retention removed it."""
    row = Payload.objects.filter(month=month, digest=digest).values_list("body", flat=True).first()
    return None if row is None else bodies.unpack(row)


def packed(names: Iterable[tuple[date, str]]) -> dict[str, bytes]:
    """Digest → compressed body, in one statement."""
    unique = set(names)
    months = {month: sql.stored(month) for month in {month for month, _ in unique}}
    rows = [(months[month], digest) for month, digest in unique]
    if not rows:
        return {}
    values, params = sql.source({"month": "date", "digest": "text"}, rows)
    found = sql.fetch(
        f"SELECT p.digest, p.body FROM {values} "
        f"CROSS JOIN {PAYLOAD} p WHERE p.month = v.month AND p.digest = v.digest",
        params,
    )
    return {digest: bytes(kept) for digest, kept in found}


def due_connections(now: datetime) -> list[str]:
    """Connections for which a lane is due and free, or was left by a worker that vanished."""
    statement = (
        "SELECT connection FROM integrations_lane "
        "WHERE due_at IS NOT NULL AND lease_until IS NULL AND due_at <= %s "
        f"UNION SELECT connection FROM integrations_lane WHERE lease_until < {sql.clock()}"
    )
    return sorted(row[0] for row in sql.fetch(statement, [sql.stored(now)]))


def waiting_flows() -> list[int]:
    """Flows with accepted messages that are not planned yet."""
    statement = "SELECT DISTINCT flow_id FROM integrations_inboxmessage WHERE state = 'accepted'"
    return sorted(row[0] for row in sql.fetch(statement))


def oldest_due(now: datetime) -> datetime | None:
    """Since when the oldest due lane waits: the one sign of life."""
    due = Lane.objects.filter(due_at__lte=now, lease_until=None)
    moment: datetime | None = due.aggregate(oldest=Min("due_at"))["oldest"]
    return moment


def overdue_leases() -> int:
    """Lanes whose worker vanished and which the sweeper has not freed yet."""
    statement = f"SELECT count(*) FROM integrations_lane WHERE lease_until < {sql.clock()}"
    return int(sql.fetch(statement)[0][0])


def connections_of(lanes: Sequence[int]) -> list[str]:
    return sorted(set(Lane.objects.filter(pk__in=lanes).values_list("connection", flat=True)))
