"""Every write to the ledger. Opening cases and sending are for the layers above."""

# ruff: noqa: S608 - names come from this package, values are parameters

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from integrations.messages import sql
from integrations.messages.attempts import Result, close_attempts, expire_leases, open_attempts
from integrations.messages.claiming import Claim, Claimed, claim, renew
from integrations.messages.inbox import INBOX, Accepted, accept, cursor_of, lock_flow
from integrations.messages.planned import (
    HAD_EFFECT,
    LANE,
    OPERATION,
    mark_messages,
    record_plans,
    supersede_messages,
    unblock,
)
from integrations.messages.queries import due_connections, waiting_flows
from integrations.nudges import nudge

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

__all__ = [
    "Accepted",
    "Claim",
    "Claimed",
    "Result",
    "accept",
    "claim",
    "close_attempts",
    "confirm",
    "cursor_of",
    "dismiss",
    "due_connections",
    "expire_leases",
    "lock_flow",
    "open_attempts",
    "record_plans",
    "reject",
    "renew",
    "requeue",
    "supersede_messages",
    "unblock",
    "waiting_flows",
]


def reject(
    *,
    rejections: Sequence[tuple[int, str, str, int | None, str]],
    agreement: int,
    now: datetime,
) -> list[int]:
    """(message, plan hash, business key, minor units, currency) of what no operation can be
    planned for; the caller opens the cases."""
    rows = sql.update(
        INBOX,
        f"state = 'rejected', agreement_id = {int(agreement)}, plan_hash = v.plan_hash, "
        f"told = {sql.false()}, business_key = v.business_key, amount_minor = v.amount, "
        "currency = v.currency, planned_at = v.planned_at",
        columns={
            "id": "bigint",
            "plan_hash": "text",
            "business_key": "text",
            "amount": "bigint",
            "currency": "text",
            "planned_at": "timestamptz",
        },
        rows=[(*rejection, sql.stored(now)) for rejection in rejections],
        where=f"{INBOX}.id = v.id AND {INBOX}.state IN ('accepted', 'rejected')",
    )
    return [row[0] for row in rows]


def requeue(
    *,
    operations: Sequence[int] = (),
    messages: Sequence[int] = (),
    now: datetime,
    share: str = "live",
    resend: bool = False,
) -> int:
    """Try failed operations again and plan messages anew; how many there were.

    A new try on the same operation, never a copy; the count of tries starts again. What may have
    had its effect is looked up before anything is sent; `resend`: two people have said that it is
    not there.
    """
    with transaction.atomic():
        lanes = _requeue_operations(operations, now, share, resend=resend) if operations else []
        flows = _requeue_messages(messages) if messages else []
        for connection in sorted({connection for _, connection in lanes}):
            nudge("integrations.drain", connection=connection)
        for flow in sorted(set(flows)):
            nudge("integrations.plan", flow_id=flow)
    return len(lanes) + len(flows)


def _requeue_operations(
    operations: Sequence[int], now: datetime, share: str, *, resend: bool
) -> list[tuple[int, str]]:
    """(lane, connection), one for each operation that was failed."""
    chosen, params = sql.among("id", operations)
    doubt = "'planned'" if resend else f"CASE WHEN {HAD_EFFECT} THEN 'unknown' ELSE 'planned' END"
    again = sql.fetch(
        f"UPDATE {OPERATION} SET tries = 0, state = {doubt} "
        f"WHERE state = 'failed' AND {chosen} RETURNING lane_id",
        params,
    )
    if not again:
        return []
    unblock(operations, now)
    chosen, params = sql.among("id", [row[0] for row in again])
    lanes = sql.fetch(
        f"UPDATE {LANE} SET share = %s, due_at = CASE WHEN blocked_by IS NULL THEN "
        f"{'%s' if sql.on_sqlite() else '%s::timestamptz'} END WHERE {chosen} "
        "RETURNING id, connection",
        [share, sql.stored(now), *params],
    )
    connections = dict(lanes)
    return [(row[0], connections[row[0]]) for row in again]


def _requeue_messages(messages: Sequence[int]) -> list[int]:
    """The flow of each message that was rejected, or planned under older rules."""
    chosen, params = sql.among("id", messages)
    rows = sql.fetch(
        f"UPDATE {INBOX} SET state = 'accepted' WHERE state IN ('rejected', 'planned') "
        f"AND {chosen} RETURNING flow_id",
        params,
    )
    return [row[0] for row in rows]


def confirm(*, operation: int, target_id: str, now: datetime) -> bool:
    """A person found a failed operation's effect at the target; what waited behind it goes on."""
    with transaction.atomic():
        found = sql.fetch(
            f"UPDATE {OPERATION} SET state = 'applied', target_id = %s, settled_at = %s, "
            "last_error = '', last_class = '' WHERE state = 'failed' AND id = %s RETURNING id",
            [target_id[:200], sql.stored(now), operation],
        )
        freed = unblock([row[0] for row in found], now)
        for connection in due_connections(now) if freed else ():
            nudge("integrations.drain", connection=connection)
    return bool(found)


def dismiss(*, operations: Sequence[int] = (), messages: Sequence[int] = (), now: datetime) -> int:
    """A person closed the case without a fix; what waited behind goes on. Rows dismissed."""
    with transaction.atomic():
        gone = mark_messages(messages, "dismissed", now)
        if not operations:
            return len(gone)
        chosen, params = sql.among("id", operations)
        dropped = sql.fetch(
            f"UPDATE {OPERATION} SET state = 'dismissed', settled_at = %s "
            f"WHERE state = 'failed' AND {chosen} RETURNING id",
            [sql.stored(now), *params],
        )
        lanes = unblock([row[0] for row in dropped], now)
        for connection in due_connections(now) if lanes else ():
            nudge("integrations.drain", connection=connection)
    return len(gone) + len(dropped)
