"""The audit log as CSV, row by row, so that any length fits into memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

import msgspec
from django.db.models import QuerySet

from governance.audit.hashing import FIELDS
from governance.audit.models import AuditEntry

COLUMNS = ("id", "at", *FIELDS, "leaf")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", " ")
"""A spreadsheet takes a cell that begins so for a formula, or strips what stands before one."""
BATCH = 2_000


class _Line:
    """A file that hands back what is written."""

    def write(self, text: str) -> str:
        """The line itself."""
        return text


def lines(rows: QuerySet[AuditEntry]) -> Iterator[str]:
    """Head and rows, oldest first; times in UTC, documents as JSON."""
    writer: Any = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for entry in rows.order_by("id").iterator(chunk_size=BATCH):
        yield writer.writerow([safe(cell) for cell in _cells(entry)])


def _cells(entry: AuditEntry) -> Iterable[Any]:
    told: dict[str, Any] = {name: getattr(entry, name) for name in FIELDS}
    for name in ("before", "after"):
        told[name] = "" if told[name] is None else msgspec.json.encode(told[name]).decode()
    return [entry.pk, entry.at.astimezone(UTC).isoformat(), *told.values(), entry.leaf]


def safe(cell: Any) -> str:
    """The cell as text that no spreadsheet computes."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(DANGEROUS) else text
