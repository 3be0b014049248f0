"""Folding committed entries into seals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from governance.audit.hashing import GENESIS, merkle_root, seal_digest
from governance.audit.models import AuditEntry, Seal

if TYPE_CHECKING:
    from datetime import datetime

BATCH = 5_000


def seal(*, now: datetime) -> Seal | None:
    """Fold the committed, unsealed entries into one seal chained to the last; None if none wait.

    A seal names its entries one by one. An id is given before its row commits, so the highest id
    says nothing about what will still appear below it; a late one joins a later seal.
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


def _unsealed() -> list[AuditEntry]:
    """Visible entries that no seal names, looking `BATCH` ids behind the highest sealed one."""
    sealed = {pk for ids in Seal.objects.values_list("entry_ids", flat=True) for pk in ids}
    low = max(sealed, default=0) - BATCH
    rows = AuditEntry.objects.filter(pk__gt=low).order_by("pk")
    return [row for row in rows if row.pk not in sealed][:BATCH]
