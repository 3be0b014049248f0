"""The doors of the audit log: write one decision, seal what was committed, verify the seals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance import canonical, clock
from governance.audit.hashing import leaf
from governance.audit.models import AuditEntry
from governance.audit.sealing import seal
from governance.audit.verifying import Problem, verify

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model

__all__ = ["Problem", "record", "seal", "verify"]


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
        at=at or clock.now(),
    )
    entry.leaf = leaf(entry)
    entry.save(force_insert=True)
    return entry


def _domain(subject: Any) -> str:
    domain = getattr(subject, "domain", None)
    return str(getattr(domain, "slug", ""))
