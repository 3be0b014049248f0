"""Decisions and remarks on one request, in the order in which they were made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.approvals.models import Comment
    from governance.audit.models import AuditEntry

DID = {
    "change.open": ("opened the request", "draft"),
    "change.submit": ("submitted it for review", "review"),
    "change.edit": ("wrote a new revision; earlier votes no longer count", "review"),
    "change.approve": ("approved", "active"),
    "change.request_changes": ("asked for changes", "risk"),
    "change.comment": ("commented", "draft"),
    "change.withdraw": ("withdrew the request", "draft"),
    "change.reject": ("rejected the request", "breaking"),
    "change.expire": ("let the request expire", "draft"),
    "change.plan": ("chose when it activates", "review"),
    "change.schedule": ("scheduled the activation", "review"),
    "change.invalidate": ("sent it back to review", "risk"),
    "change.activate": ("activated it", "active"),
    "change.supersede": ("replaced it by a later change", "draft"),
    "change.rollback": ("proposed to roll it back", "risk"),
}
"""Action → what a sentence says, and its colour."""

TOLD_ELSEWHERE = ("registry.activate", "change.comment")
"""One per written row, and what the remark itself shows."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One decision, or one remark."""

    at: datetime
    who: str
    did: str
    kind: str
    reason: str
    comment: Comment | None = None


def conversation(entries: Iterable[AuditEntry], comments: Iterable[Comment]) -> list[Turn]:
    """Oldest first."""
    turns = [_decision(one) for one in entries if one.action not in TOLD_ELSEWHERE]
    turns += [
        Turn(one.at, one.person.label, "commented", "draft", "", comment=one) for one in comments
    ]
    return sorted(turns, key=lambda one: one.at)


def _decision(entry: AuditEntry) -> Turn:
    plain = entry.action.rpartition(".")[2].replace("_", " ")
    did, kind = DID.get(entry.action, (plain, "draft"))
    return Turn(entry.at, entry.by_label, did, kind, entry.reason)
