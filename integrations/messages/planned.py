"""Writing plans down: operations, their lanes, and what newer versions make needless."""

# ruff: noqa: S608 - names come from this package, values are parameters

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from integrations.messages import bodies, sql
from integrations.messages.inbox import INBOX, insert_bodies
from integrations.messages.plans import MessagePlan, PlannedEffect, Recorded, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

LANE = "integrations_lane"
OPERATION = "integrations_operation"
LANE_COLUMNS = {
    "flow_id": "bigint",
    "key": "text",
    "connection": "text",
    "ordering": "text",
    "share": "text",
    "fence": "bigint",
}
OPERATION_COLUMNS = {
    "flow_id": "bigint",
    "agreement_id": "bigint",
    "message_id": "bigint",
    "lane_id": "bigint",
    "target_system": "text",
    "kind": "text",
    "business_key": "text",
    "revision": "text",
    "generation": "smallint",
    "position": "smallint",
    "month": "date",
    "body_digest": "text",
    "state": "text",
    "tries": "smallint",
    "target_id": "text",
    "amount_minor": "bigint",
    "currency": "text",
    "planned_at": "timestamptz",
    "last_error": "text",
    "last_class": "text",
}
HAD_EFFECT = (
    "EXISTS (SELECT 1 FROM integrations_closedattempt c "
    "WHERE c.operation = integrations_operation.id AND c.outcome IN ('ok', 'unknown', 'dead'))"
)
"""The target may hold what this operation once sent, so its body stands."""

Entry = tuple[MessagePlan, PlannedEffect]


def record_plans(*, route: Route, plans: Sequence[MessagePlan], now: datetime) -> Recorded:
    """Write operations, absorb those planned before, make their lanes due."""
    if not plans:
        return Recorded([], [])
    with transaction.atomic():
        entries = [(plan, effect) for plan in plans for effect in plan.effects]
        lanes = _lanes(route, {plan.lane for plan in plans if plan.effects})
        held = _held(route, entries)
        fresh = [entry for entry in entries if _name(entry[1]) not in held]
        _write(route, fresh, lanes, now)
        _replace(route, [entry for entry in entries if _name(entry[1]) in held], held, now)
        old_messages = _settle_messages(route, plans, now)
        old_operations = _supersede_failed(entries, lanes, now)
        wake(lanes.values(), now)
    return Recorded(old_messages, old_operations)


def _name(effect: PlannedEffect) -> tuple[str, str, str]:
    return effect.kind, effect.business_key, effect.revision


def _lanes(route: Route, keys: set[str]) -> dict[str, int]:
    """Lane key → id; made where missing, locked in order."""
    if not keys:
        return {}
    shared = (route.connection, route.ordering, "live", 0)
    sql.insert(LANE, LANE_COLUMNS, [(route.flow, key, *shared) for key in sorted(keys)])
    values, params = sql.source({"key": "text"}, [(key,) for key in keys])
    found = sql.fetch(
        f"SELECT l.key, l.id, l.connection, l.ordering FROM {values} "
        f"CROSS JOIN {LANE} l WHERE l.flow_id = %s AND l.key = v.key",
        [*params, route.flow],
    )
    sql.lock(LANE, [row[1] for row in found])
    moved = [row[1] for row in found if row[2:] != (route.connection, route.ordering)]
    if moved:
        chosen, ids = sql.among("id", moved)
        sql.run(
            f"UPDATE {LANE} SET connection = %s, ordering = %s WHERE {chosen}",
            [route.connection, route.ordering, *ids],
        )
    return {row[0]: row[1] for row in found}


def _held(route: Route, entries: Sequence[Entry]) -> dict[tuple[str, str, str], int]:
    """The newest generation of each operation that exists already."""
    if not entries:
        return {}
    columns = {"kind": "text", "business_key": "text", "revision": "text"}
    values, params = sql.source(columns, [_name(effect) for _, effect in entries])
    found = sql.fetch(
        f"SELECT o.kind, o.business_key, o.revision, o.id FROM {values} CROSS JOIN {OPERATION} o "
        "WHERE o.flow_id = %s AND o.target_system = %s AND o.kind = v.kind "
        "AND o.business_key = v.business_key AND o.revision = v.revision ORDER BY o.generation",
        [*params, route.flow, route.target_system],
    )
    return {(kind, key, revision): pk for kind, key, revision, pk in found}


def _write(route: Route, entries: Sequence[Entry], lanes: dict[str, int], now: datetime) -> None:
    moment, month = sql.stored(now), sql.stored(bodies.month_of(now))
    insert_bodies([(month, effect.digest, bodies.pack(effect.raw)) for _, effect in entries])
    rows: list[tuple[Any, ...]] = [
        (
            route.flow,
            route.agreement,
            plan.message,
            lanes[plan.lane],
            route.target_system,
            effect.kind,
            effect.business_key,
            effect.revision,
            0,
            effect.position,
            month,
            effect.digest,
            "planned",
            0,
            "",
            plan.amount_minor,
            plan.currency,
            moment,
            "",
            "",
        )
        for plan, effect in entries
    ]
    sql.insert(OPERATION, OPERATION_COLUMNS, rows)


def _replace(
    route: Route,
    entries: Sequence[Entry],
    held: dict[tuple[str, str, str], int],
    now: datetime,
) -> None:
    """A re-plan: a new body only while no try is under way, was ok or may have been."""
    if not entries:
        return
    month = sql.stored(bodies.month_of(now))
    insert_bodies([(month, effect.digest, bodies.pack(effect.raw)) for _, effect in entries])
    rows = [
        (held[_name(effect)], plan.message, effect.digest, month, plan.amount_minor, plan.currency)
        for plan, effect in entries
    ]
    changed = sql.update(
        OPERATION,
        "message_id = v.message, body_digest = v.digest, month = v.month, state = 'planned', "
        "amount_minor = v.amount, currency = v.currency, tries = 0, "
        f"agreement_id = {int(route.agreement)}",
        columns={
            "id": "bigint",
            "message": "bigint",
            "digest": "text",
            "month": "date",
            "amount": "bigint",
            "currency": "text",
        },
        rows=rows,
        where=f"{OPERATION}.id = v.id AND {OPERATION}.state IN ('planned', 'failed') "
        "AND NOT EXISTS (SELECT 1 FROM integrations_attempt a "
        f"WHERE a.operation_id = {OPERATION}.id) AND NOT {HAD_EFFECT}",
        returning="id, lane_id",
    )
    unblock([row[0] for row in changed], now)
    wake({row[1] for row in changed}, now)
    look_again([row[0] for row in rows], now)


def look_again(operations: Sequence[int], now: datetime) -> None:
    """Failed operations that may have had their effect keep their body and are looked up."""
    chosen, params = sql.among("id", operations)
    found = sql.fetch(
        f"UPDATE {OPERATION} SET state = 'unknown', tries = 0 WHERE state = 'failed' "
        f"AND {chosen} AND {HAD_EFFECT} RETURNING id, lane_id",
        params,
    )
    unblock([row[0] for row in found], now)
    wake({row[1] for row in found}, now)


def _settle_messages(route: Route, plans: Sequence[MessagePlan], now: datetime) -> list[int]:
    """Mark them planned; answer older versions that a case held and that are needless now."""
    planned_at = sql.stored(now)
    sql.update(
        INBOX,
        f"state = 'planned', agreement_id = {int(route.agreement)}, plan_hash = v.plan_hash, "
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
        rows=[
            (
                plan.message,
                plan.plan_hash,
                plan.business_key,
                plan.amount_minor,
                plan.currency,
                planned_at,
            )
            for plan in plans
        ],
        where=f"{INBOX}.id = v.id AND {INBOX}.state IN ('accepted', 'rejected')",
    )
    values, params = sql.source(
        {"key": "text", "sequence": "integer"}, [(plan.key, plan.sequence) for plan in plans]
    )
    found = sql.fetch(
        f"SELECT m.id FROM {values} CROSS JOIN {INBOX} m WHERE m.flow_id = %s AND m.key = v.key "
        "AND m.state = 'rejected' AND m.sequence < v.sequence",
        [*params, route.flow],
    )
    return mark_messages([row[0] for row in found], "superseded", now)


def mark_messages(messages: Sequence[int], state: str, now: datetime) -> list[int]:
    """Messages that have no effect of their own any more; those that were marked."""
    if not messages:
        return []
    chosen, params = sql.among("id", messages)
    marked = sql.fetch(
        f"UPDATE {INBOX} SET state = %s, planned_at = %s "
        f"WHERE state IN ('accepted', 'rejected') AND {chosen} RETURNING id",
        [state, sql.stored(now), *params],
    )
    return [row[0] for row in marked]


def supersede_messages(*, messages: Sequence[int], now: datetime) -> Recorded:
    """A newer version took their place; so it does for what of them failed without effect."""
    if not messages:
        return Recorded([], [])
    with transaction.atomic():
        marked = mark_messages(messages, "superseded", now)
        chosen, params = sql.among("message_id", marked)
        failed = sql.fetch(
            f"SELECT id, {HAD_EFFECT} FROM {OPERATION} WHERE state = 'failed' AND {chosen}",
            params,
        )
        gone = [pk for pk, had_effect in failed if not had_effect]
        supersede(gone, now)
        unblock(gone, now)
        look_again([pk for pk, had_effect in failed if had_effect], now)
    return Recorded(marked, gone)


def _supersede_failed(entries: Sequence[Entry], lanes: dict[str, int], now: datetime) -> list[int]:
    """A refused older version that surely had no effect gives way to the next one."""
    if not entries:
        return []
    chosen, params = sql.among("lane_id", sorted(lanes.values()))
    failed = sql.fetch(
        f"SELECT id, kind, business_key, message_id FROM {OPERATION} "
        f"WHERE state = 'failed' AND revision <> '0' AND {chosen} AND NOT {HAD_EFFECT}",
        params,
    )
    if not failed:
        return []
    newest = {(effect.kind, effect.business_key): plan.message for plan, effect in entries}
    gone = [pk for pk, kind, key, message in failed if newest.get((kind, key), 0) > message]
    supersede(gone, now)
    unblock(gone, now)
    return gone


def supersede(operations: Sequence[int], now: datetime) -> None:
    chosen, params = sql.among("id", operations)
    sql.run(
        f"UPDATE {OPERATION} SET state = 'superseded', settled_at = %s WHERE {chosen}",
        [sql.stored(now), *params],
    )


def unblock(operations: Sequence[int], now: datetime) -> list[int]:
    """Let the followers of these operations go on; the lanes that were freed."""
    if not operations:
        return []
    chosen, params = sql.among("blocked_by", operations)
    freed = sql.fetch(
        f"UPDATE {LANE} SET blocked_by = NULL, due_at = %s "
        f"WHERE blocked_by IS NOT NULL AND {chosen} RETURNING id",
        [sql.stored(now), *params],
    )
    return [row[0] for row in freed]


def wake(lanes: Iterable[int], now: datetime) -> None:
    """Due now, unless they wait for a time or for a person already."""
    ids = sorted(lanes)
    if not ids:
        return
    chosen, params = sql.among("id", ids)
    sql.run(
        f"UPDATE {LANE} SET due_at = %s WHERE due_at IS NULL AND blocked_by IS NULL AND {chosen}",
        [sql.stored(now), *params],
    )
