"""What an entry and a seal hash to. Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

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


def said(entry: AuditEntry) -> dict[str, Any]:
    """Everything the entry says, its time in microseconds UTC included: what its leaf hashes."""
    content = {name: getattr(entry, name) for name in FIELDS}
    return {**content, "at": entry.at.timestamp().__repr__()}


def leaf(entry: AuditEntry) -> str:
    """SHA-256 of what the entry says."""
    return canonical.digest(said(entry))


def tree(leaves: list[str]) -> list[list[bytes]]:
    """Levels of a binary hash tree, leaves first; an odd one rises alone; leaves and nodes are

    told apart by their first byte.
    """
    levels = [[hashlib.sha256(b"\x00" + bytes.fromhex(one)).digest() for one in leaves]]
    while len(levels[-1]) > 1:
        level = levels[-1]
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        levels.append(above + level[len(above) * 2 :])
    return levels


def merkle_root(leaves: list[str]) -> str:
    """Root of the tree over these leaves."""
    return tree(leaves)[-1][0].hex() if leaves else GENESIS


def path_up(levels: list[list[bytes]], index: int) -> list[str]:
    """Hashes beside the way from one leaf to the root; a node that rises alone has none."""
    beside = []
    for level in levels[:-1]:
        if index ^ 1 < len(level):
            beside.append(level[index ^ 1].hex())
        index //= 2
    return beside


def seal_digest(*, number: int, ids: list[int], root: str, previous: str) -> str:
    """What the next seal is chained to."""
    return canonical.digest({"number": number, "ids": ids, "root": root, "previous": previous})
