"""Rules that only a database can keep: installed by one migration operation on both vendors.

SQLite loses triggers whenever Django rebuilds a table, so they are installed again after every
`migrate`, and a system check refuses to start without them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.migrations.operations.base import Operation
from django.db.models.signals import post_migrate  # noqa: TID251 - triggers only

if TYPE_CHECKING:
    from django.apps import AppConfig
    from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; every statement can be run again."""

    name: str
    sqlite: Sequence[str] = field(default_factory=tuple)
    postgresql: Sequence[str] = field(default_factory=tuple)

    def triggers(self) -> list[str]:
        """Names of the SQLite triggers that keep it."""
        return [
            text.split("CREATE TRIGGER IF NOT EXISTS ", 1)[1].split()[0]
            for text in self.sqlite
            if "CREATE TRIGGER" in text
        ]


def refuse(name: str, table: str, *, event: str, message: str, when: str = "") -> Rule:
    """Refuse an `event` (`DELETE`, `UPDATE`, `UPDATE OF a, b`) on rows of `table`.

    `when` compares OLD and NEW; write it with `IS DISTINCT FROM`.
    """
    condition = f"WHEN ({when})" if when else ""
    on_sqlite = condition.replace("IS DISTINCT FROM", "IS NOT")
    return Rule(
        name=name,
        sqlite=[
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table} FOR EACH ROW "
            f"{on_sqlite} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ],
        postgresql=[
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'"
            "; END $$",
            f"DROP TRIGGER IF EXISTS {name} ON {table}",
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition} "
            f"EXECUTE FUNCTION {name}()",
        ],
    )


def partition_by_month(table: str) -> Rule:
    """On PostgreSQL the (empty) table becomes one partitioned by `month`, with a default part."""
    return Rule(
        name=f"{table}_by_month",
        postgresql=[
            f"ALTER TABLE {table} RENAME TO {table}_plain",
            f"CREATE TABLE {table} (LIKE {table}_plain INCLUDING ALL) PARTITION BY RANGE (month)",
            f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT",
            f"DROP TABLE {table}_plain",
        ],
    )


def install(connection: BaseDatabaseWrapper, rules: Sequence[Rule]) -> None:
    """Run the statements of this database's vendor."""
    with connection.cursor() as cursor:
        for rule in rules:
            for statement in getattr(rule, connection.vendor, ()):
                cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper, rules: Sequence[Rule]) -> list[str]:
    """Names of SQLite triggers that are gone; none before the first migration."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        held = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'integrations_lane'")
        if cursor.fetchone() is None:
            return []
    return [name for rule in rules for name in rule.triggers() if name not in held]


def keep(app: AppConfig, rules: Sequence[Rule]) -> None:
    """From `ready`: reinstall after each `migrate` on SQLite; refuse to start without them."""

    def reinstall(using: str, **_: Any) -> None:
        if connections[using].vendor == "sqlite":
            install(connections[using], rules)

    def check(databases: Any = None, **_: Any) -> list[CheckMessage]:
        if "migrate" in sys.argv:
            return []
        gone = [name for using in databases or () for name in missing(connections[using], rules)]
        hint = "run manage.py migrate"
        return [
            Error(f"the database lost its rule {name}", hint=hint, id=f"{app.label}.E001")
            for name in gone
        ]

    post_migrate.connect(reinstall, sender=app, weak=False)
    register(check, Tags.database)


class InstallRules(Operation):
    """Migration operation: keep these rules in the database, whichever vendor it is."""

    reversible = True
    reduces_to_sql = False

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Django's model state does not know about them."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Install."""
        install(schema_editor.connection, self.rules)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """The rules go with their tables."""

    def describe(self) -> str:
        """What `migrate` prints."""
        return "Install database rules: " + ", ".join(rule.name for rule in self.rules)
