"""Who may do what, and since when: accounts, role grants and seats with every step they took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model

from governance.approvals.evidence.binder import moment
from governance.audit.models import AuditEntry

if TYPE_CHECKING:
    from governance.approvals.evidence.past import Past

ACTIVATED = "registry.activate"


def access(past: Past) -> dict[str, Any]:
    """The whole firm's, up to now."""
    rows = get_user_model()._default_manager.order_by("pk")
    return {
        "people": [
            {
                "id": one.pk,
                "username": one.get_username(),
                "name": one.get_full_name(),
                "active": one.is_active,
            }
            for one in rows
        ],
        "role_grants": _history(past.grants, "rolegrant"),
        "domains": _history(past.domains, "domain"),
    }


def _history(steps: list[Any], kind: str) -> list[dict[str, Any]]:
    rows = AuditEntry.objects.filter(subject_type=kind, action=ACTIVATED).order_by("id")
    entries = list(rows.values_list("subject_id", "at", "change_request", "by_label", "id"))
    why = {(subject, at): rest for subject, at, *rest in entries}
    return [_step(one, why.get((str(one.id), one.activated_at))) for one in steps]


def _step(one: Any, why: Any) -> dict[str, Any]:
    request, by, entry = why or (None, "", None)
    return {
        "slug": one.slug,
        "at": moment(one.history_date),
        "status": one.status,
        "revision": one.revision,
        "since": moment(one.activated_at),
        "by": by,
        "change_request": request,
        "entry": entry,
        "document": one.document,
    }
