"""The audit log, for those who may read it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.audit.hashing import FIELDS
from governance.audit.models import AuditEntry
from portal.access import scopes
from portal.access.tokens import Scope
from portal.api.auth import caller
from portal.api.filters import number, parameters, period, search, word
from portal.api.paging import paged

FILTERS = (
    word("action"),
    word("subject_type"),
    word("subject_id"),
    word("domain"),
    number("change_request"),
    word("by", "by_label", tells="the name of who decided"),
    word("revision_hash"),
    *period("at"),
    search("subject_label", "reason"),
)


def show(entry: AuditEntry) -> dict[str, Any]:
    """One decision with the hash that its seal covers."""
    told = {name: getattr(entry, name) for name in FIELDS}
    return {"id": entry.pk, **told, "at": entry.at, "leaf": entry.leaf}


class Entries(APIView):
    """Decisions, newest first."""

    allow = {"GET": (Scope.AUDIT_READ, "governance.view_audit")}

    @extend_schema(
        operation_id="list_audit_entries",
        parameters=parameters(FILTERS),
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        """A page."""
        return paged(request, scopes.audit_entries(caller(request)), show, filters=FILTERS)
