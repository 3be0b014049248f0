"""The rows of the audit log as a file holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import msgspec
from django.db.models import QuerySet

from governance.audit.hashing import FIELDS
from governance.audit.models import AuditEntry
from portal.web.shell.tabular import BATCH, Cell

TITLES = ("id", "at", *FIELDS, "leaf")


def lines(rows: QuerySet[AuditEntry]) -> Iterator[list[Cell]]:
    """Oldest first, with everything that the leaf is computed from; documents as JSON."""
    for entry in rows.order_by("id").iterator(chunk_size=BATCH):
        yield [entry.pk, entry.at, *(_cell(entry, name) for name in FIELDS), entry.leaf]


def _cell(entry: AuditEntry, name: str) -> Cell:
    value: Any = getattr(entry, name)
    if name in ("before", "after") and value is not None:
        return msgspec.json.encode(value).decode()
    return cast("Cell", value)
