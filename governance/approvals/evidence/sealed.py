"""Audit entries in a pack, each with the proof that it stands in the chain of seals."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from governance.audit import services as audit
from governance.audit.hashing import said
from governance.audit.models import Seal
from governance.audit.proving import proofs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from governance.approvals.evidence.binder import Binder
    from governance.audit.models import AuditEntry


def seal_all(*, now: datetime) -> None:
    """What was committed so far is sealed, so that every entry of the pack can be proved."""
    while audit.seal(now=now):
        pass


def put_entries(binder: Binder, entries: Iterable[AuditEntry]) -> dict[str, Any]:
    """Entries, proofs and the chain up to its head; the head."""
    seals = list(Seal.objects.order_by("number"))
    held = {one.pk: one for one in entries}
    for pk, entry in sorted(held.items()):
        binder.keep(f"entries/{pk:08d}.json", said(entry))
    for one in seals:
        binder.keep(
            f"seals/{one.number:06d}.json",
            {
                "number": one.number,
                "ids": one.entry_ids,
                "root": one.root,
                "previous": one.previous,
            },
        )
    proved = proofs(held, seals)
    binder.put("proofs.json", {str(pk): asdict(one) for pk, one in sorted(proved.items())})
    last = seals[-1] if seals else None
    return {"number": last.number, "digest": last.digest} if last else {"number": 0, "digest": ""}
