"""Writing down which record here is which record there."""

# ruff: noqa: S608 - names come from this package, values are parameters

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.crossrefs.queries import COLUMNS, Name, resolve
from integrations.messages import sql

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

TABLE = "integrations_crossreference"


def save(*, found: Mapping[Name, str], now: datetime, origin: str = "operation") -> int:
    """(entity, canonical id, system) → the id there. One that was known otherwise before ends now.

    Runs in the caller's transaction, with the completion that learnt the ids. Rows written.
    """
    held = resolve(found)
    fresh = {name: here for name, here in found.items() if held.get(name) != here}
    if not fresh:
        return 0
    _end([name for name in fresh if name in held], now)
    columns = {**COLUMNS, "source_id": "text", "valid_from": "timestamptz", "origin": "text"}
    moment = sql.stored(now)
    rows = [(*name, here, moment, origin) for name, here in sorted(fresh.items())]
    sql.insert(TABLE, columns, rows)
    return len(rows)


def _end(names: list[Name], now: datetime) -> None:
    moment = "%s" if sql.on_sqlite() else "%s::timestamptz"
    if not names:
        return
    values, params = sql.source(COLUMNS, names)
    sql.run(
        f"UPDATE {TABLE} SET valid_to = {moment} FROM {values} WHERE {TABLE}.entity = v.entity "
        f"AND {TABLE}.canonical_id = v.canonical_id AND {TABLE}.system = v.system "
        f"AND {TABLE}.valid_to IS NULL",
        [sql.stored(now), *params],
    )
