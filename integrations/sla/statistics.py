"""What the database knows of its tables: PostgreSQL looks by itself, SQLite has to be asked to."""

from __future__ import annotations

from django.db import connection

TABLES = ("integrations_unit", "integrations_milestonefact", "integrations_inboxmessage")
ROWS = 400
"""Of each index; enough to tell a small one from a large one, in milliseconds."""


def refresh() -> None:
    """Without it SQLite reads all lines where a small partial index holds the open ones."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit={ROWS}")
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
