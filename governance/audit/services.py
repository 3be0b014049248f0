"""Writing the audit log, sealing it, and checking the seals."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from governance import canonical
from governance.audit.models import AuditEntry, Seal

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model

GENESIS = "0" * 64
BATCH = 5_000


def record(
    action: str,
    *,
    subject: Model,
    by: Any,
    reason: str = "",
    before: Any = None,
    after: Any = None,
    change_request: int | None = None,
    revision_hash: str = "",
    on_behalf_of: str = "",
    at: datetime | None = None,
) -> AuditEntry:
    """Append one decision. `by` is a person, or None when the clock acts."""
    entry = AuditEntry(
        action=action,
        subject_type=str(subject._meta.model_name),
        subject_id=str(subject.pk),
        subject_label=str(subject)[:300],
        domain=_domain(subject),
        by_id=getattr(by, "pk", None),
        by_label=by.label if by is not None else "the system",
        on_behalf_of=on_behalf_of,
        reason=reason,
        before=canonical.plain(before),
        after=canonical.plain(after),
        change_request=change_request,
        revision_hash=revision_hash,
        at=at or timezone.now(),
    )
    entry.leaf = leaf(entry)
    entry.save(force_insert=True)
    return entry


def _domain(subject: Any) -> str:
    domain = getattr(subject, "domain", None)
    return str(getattr(domain, "slug", ""))


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


def seal(*, now: datetime) -> Seal | None:
    """Fold the committed, unsealed entries into one seal chained to the last; None if none wait.

    On PostgreSQL only entries below the transaction horizon count: an id is given before its row
    commits, so the highest id says nothing about what will still appear below it.
    """
    with transaction.atomic():
        last = Seal.objects.select_for_update().order_by("-number").first()
        rows = _unsealed()
        if not rows:
            return None
        root = merkle_root([row.leaf for row in rows])
        previous = last.digest if last else GENESIS
        number = last.number + 1 if last else 1
        ids = [row.pk for row in rows]
        return Seal.objects.create(
            number=number,
            entry_ids=ids,
            root=root,
            previous=previous,
            digest=seal_digest(number=number, ids=ids, root=root, previous=previous),
            at=now,
        )


def seal_digest(*, number: int, ids: list[int], root: str, previous: str) -> str:
    """What the next seal is chained to."""
    return canonical.digest({"number": number, "ids": ids, "root": root, "previous": previous})


def _unsealed() -> list[AuditEntry]:
    sealed: set[int] = {
        pk for ids in Seal.objects.values_list("entry_ids", flat=True) for pk in ids
    }
    rows = AuditEntry.objects.exclude(pk__in=[])
    if connection.vendor == "postgresql":
        rows = rows.extra(
            where=["xmin::text::bigint < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"]
        )
    low = max(sealed, default=0) - BATCH
    waiting = [row for row in rows.filter(pk__gt=low).order_by("pk") if row.pk not in sealed]
    return waiting[:BATCH]


@dataclass(frozen=True, slots=True)
class Problem:
    """A place where the log does not verify."""

    place: str
    message: str


def verify() -> list[Problem]:
    """Every altered, missing or doubly sealed entry and every broken link, in order."""
    problems: list[Problem] = []
    previous, seen = GENESIS, set[int]()
    for number, found in enumerate(Seal.objects.order_by("number"), 1):
        problems += _check_seal(found, number=number, previous=previous, seen=seen)
        previous = found.digest
    return problems


def _check_seal(found: Seal, *, number: int, previous: str, seen: set[int]) -> list[Problem]:
    place = f"seal {found.number}"
    problems: list[Problem] = []
    if found.number != number:
        problems.append(Problem(place, f"seal {number} is missing"))
    if found.previous != previous:
        problems.append(Problem(place, "is not chained to the seal before it"))
    expected = seal_digest(
        number=found.number, ids=found.entry_ids, root=found.root, previous=found.previous
    )
    if found.digest != expected:
        problems.append(Problem(place, "was altered"))
    if seen.intersection(found.entry_ids):
        problems.append(Problem(place, "seals an entry that was sealed before"))
    seen.update(found.entry_ids)
    return problems + _check_entries(found)


def _check_entries(found: Seal) -> list[Problem]:
    rows = AuditEntry.objects.in_bulk(found.entry_ids)
    problems = [Problem(f"entry {pk}", "was deleted") for pk in found.entry_ids if pk not in rows]
    problems += [
        Problem(f"entry {pk}", "was altered") for pk, row in rows.items() if leaf(row) != row.leaf
    ]
    if not problems and merkle_root([rows[pk].leaf for pk in found.entry_ids]) != found.root:
        problems.append(Problem(f"seal {found.number}", "does not hold these entries"))
    return problems
