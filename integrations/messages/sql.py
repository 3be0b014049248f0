"""Many rows in one statement, on SQLite and on PostgreSQL.

Rows travel to SQLite as one JSON text (or by a statement prepared once), to PostgreSQL as arrays.
Table and column names come from this package only, values always as parameters.
"""

# ruff: noqa: S608 - names come from this package, values are parameters

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec
from django.db import connection

Columns = Mapping[str, str]
"""Column → PostgreSQL type."""
Row = Sequence[Any]

LEASE_SECONDS = 10
CLOCKS = {
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
    "postgresql": "clock_timestamp()",
}
LEASES = {
    "sqlite": f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '+{LEASE_SECONDS} seconds')",
    "postgresql": f"clock_timestamp() + interval '{LEASE_SECONDS} seconds'",
}


def on_sqlite() -> bool:
    return connection.vendor == "sqlite"


def clock() -> str:
    """The database's own time, in SQL."""
    return CLOCKS[connection.vendor]


def lease_end() -> str:
    """The end of a lease taken now, in SQL."""
    return LEASES[connection.vendor]


def stored(value: Any) -> Any:
    """A moment, date or flag as this database keeps it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def false() -> str:
    """The literal; SQLite keeps flags as numbers."""
    return "0" if on_sqlite() else "FALSE"


def fetch(statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows that a SELECT or RETURNING gives."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def run(statement: str, params: Sequence[Any] = ()) -> int:
    """Rows changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def insert(table: str, columns: Columns, rows: Sequence[Row]) -> None:
    """Insert what is not there yet; a row that a unique key holds already changes nothing."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if on_sqlite():
            cursor.executemany(_insert_sqlite(table, tuple(columns)), rows)
        else:
            cursor.execute(
                _insert_postgresql(table, tuple(columns.items())),
                [list(column) for column in zip(*rows, strict=True)],
            )


@cache
def _insert_sqlite(table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT DO NOTHING"


@cache
def _insert_postgresql(table: str, columns: tuple[tuple[str, str], ...]) -> str:
    names = ", ".join(name for name, _ in columns)
    return (
        f"INSERT INTO {table} ({names}) SELECT * FROM unnest({_arrays(columns)}) "
        "ON CONFLICT DO NOTHING"
    )


def _arrays(columns: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"%s::{kind}[]" for _, kind in columns)


def source(columns: Columns, rows: Sequence[Row], alias: str = "v") -> tuple[str, list[Any]]:
    """A table expression of these rows for FROM, and its parameters.

    Join other tables with CROSS JOIN … WHERE: SQLite then starts with the few rows given here.
    """
    if on_sqlite():
        names = ", ".join(f"value->>{i} AS {name}" for i, name in enumerate(columns))
        text = msgspec.json.encode(rows).decode()
        return f"(SELECT {names} FROM json_each(%s)) AS {alias}", [text]
    held = tuple(columns.items())
    arrays = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in held]
    return f"unnest({_arrays(held)}) AS {alias}({', '.join(columns)})", arrays


def among(column: str, values: Sequence[Any], kind: str = "bigint") -> tuple[str, list[Any]]:
    """`column` is one of the values, however many."""
    if on_sqlite():
        text = msgspec.json.encode(values).decode()
        return f"{column} IN (SELECT value FROM json_each(%s))", [text]
    return f"{column} = ANY(%s::{kind}[])", [list(values)]


def update(
    table: str,
    changes: str,
    *,
    columns: Columns,
    rows: Sequence[Row],
    where: str,
    returning: str = "id",
) -> list[tuple[Any, ...]]:
    """`UPDATE table SET changes FROM rows AS v WHERE where RETURNING`; what was changed."""
    if not rows:
        return []
    values, params = source(columns, rows)
    back = ", ".join(f"{table}.{name}" for name in returning.split(", "))
    return fetch(
        f"UPDATE {table} SET {changes} FROM {values} WHERE {where} RETURNING {back}", params
    )


def lock(table: str, ids: Sequence[int]) -> None:
    """Lock rows in the order of their ids, so that two writers never wait for each other.

    SQLite has one writer, chosen at BEGIN.
    """
    if ids and not on_sqlite():
        text, params = among("id", ids)
        fetch(f"SELECT id FROM {table} WHERE {text} ORDER BY id FOR UPDATE", params)
