"""The audit log, for those who may read it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.audit.hashing import FIELDS
from governance.audit.models import AuditEntry
from portal.access import scopes
from portal.access.tokens import Scope
from portal.api.auth import caller
from portal.api.paging import paged

FILTERS = ("action", "subject_type", "subject_id", "domain", "change_request")


def show(entry: AuditEntry) -> dict[str, Any]:
    """One decision with the hash that its seal covers."""
    told = {name: getattr(entry, name) for name in FIELDS}
    return {"id": entry.pk, **told, "at": entry.at, "leaf": entry.leaf}


class Entries(APIView):
    """Decisions, newest first; every filter is a column."""

    allow = {"GET": (Scope.AUDIT_READ, "governance.view_audit")}

    @extend_schema(
        operation_id="list_audit_entries",
        parameters=[OpenApiParameter(name) for name in (*FILTERS, "cursor")],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        """A page."""
        rows = scopes.audit_entries(caller(request))
        for name in FILTERS:
            if value := request.query_params.get(name):
                rows = rows.filter(**{name: value}) if _fits(name, value) else rows.none()
        return paged(request, rows, show)


def _fits(name: str, value: str) -> bool:
    """A number is asked for where the column is one."""
    return name != "change_request" or value.isdecimal()
