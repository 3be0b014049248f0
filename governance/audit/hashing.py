"""What an entry and a seal hash to. Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from governance import canonical

if TYPE_CHECKING:
    from governance.audit.models import AuditEntry

GENESIS = "0" * 64

FIELDS = (
    "action",
    "subject_type",
    "subject_id",
    "subject_label",
    "domain",
    "by_id",
    "by_label",
    "on_behalf_of",
    "reason",
    "before",
    "after",
    "change_request",
    "revision_hash",
)


def leaf(entry: AuditEntry) -> str:
    """SHA-256 over everything the entry says, its time in microseconds UTC included."""
    content = {name: getattr(entry, name) for name in FIELDS}
    return canonical.digest({**content, "at": entry.at.timestamp().__repr__()})


def merkle_root(leaves: list[str]) -> str:
    """Root of a binary hash tree; an odd leaf rises alone; leaves and nodes are told apart."""
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(one)).digest() for one in leaves]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level = above + level[len(above) * 2 :]
    return level[0].hex() if level else GENESIS


def seal_digest(*, number: int, ids: list[int], root: str, previous: str) -> str:
    """What the next seal is chained to."""
    return canonical.digest({"number": number, "ids": ids, "root": root, "previous": previous})
