"""What every act on a case begins and ends with: lock, permission, claim, reason, history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from governance.audit.services import record
from integrations.cases.lifecycle import CaseState, refuse_unless_legal
from integrations.cases.models import Case, CaseEvent
from integrations.errors import PermissionRefused, Refused
from integrations.messages.models import InboxMessage


def enter(name: str, *, case: Case, by: Any, reason: str = "-") -> Case:
    """The locked case, once state, permission, claim and reason allow this move."""
    # No joins: after waiting for a lock, PostgreSQL shows the new row beside the old joined ones.
    fresh = Case.objects.select_for_update().get(pk=case.pk)
    move = refuse_unless_legal(name, state=fresh.state, klass=fresh.klass)
    if not by.has_perm(move.permission, fresh):
        raise PermissionRefused(f"you may not work on cases of {fresh.domain.name}")
    if not reason.strip():
        raise Refused("say why: the case's history keeps the reason")
    return fresh


def own(case: Case, by: Any) -> None:
    """Two people do not mend one case unknowingly."""
    if case.claimed_by_id is not None and case.claimed_by_id != by.pk:
        holder = case.claimed_by.label if case.claimed_by is not None else "someone else"
        raise Refused(f"{holder} has claimed this case; ask them to release it")


def tell(case: Case, action: str, *, by: Any, text: str, now: datetime, **facts: Any) -> None:
    """The case's own history and the audit log, in one breath."""
    CaseEvent.objects.create(case=case, at=now, by=by, action=action, text=text)
    record(f"case.{action}", subject=case, by=by, reason=text, after=facts or None, at=now)


def move_to(case: Case, state: CaseState) -> None:
    case.state = state
    case.save(update_fields=["state"])


def message_of(case: Case) -> InboxMessage:
    if case.message is None:
        raise Refused("this case is about a whole connection, not about one record")
    return case.message


def document_of(case: Case) -> dict[str, Any]:
    """The agreement under which it failed; a connection's case may have none."""
    if case.agreement is None:
        raise Refused("this case ran under no flow agreement")
    document: dict[str, Any] = case.agreement.document
    return document
