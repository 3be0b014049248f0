"""The caller's own notices: what they were told, and that they read it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance import clock
from governance.notifications import queries, services
from governance.notifications.lifecycle import Kind
from governance.notifications.models import Delivery
from portal.access.tokens import Scope
from portal.accounts.models import ApiToken
from portal.api.auth import caller
from portal.api.change_inputs import checked
from portal.api.filters import choice, parameters, period
from portal.api.idempotency import idempotent
from portal.api.paging import MOST, paged

FILTERS = (
    choice("kind", Kind, "notification__kind"),
    *period("sent_at"),
)


class ReadInput(serializers.Serializer[Any]):
    """Ids as the list gives them; without any, all that is unread."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=MOST,
    )


def show(row: Delivery) -> dict[str, Any]:
    """One notice; `link` is a path on the portal."""
    told = row.notification
    return {
        "id": row.pk,
        "kind": told.kind,
        "subject": told.subject,
        "text": told.text,
        "link": told.link,
        "about": {"kind": told.about_kind, "id": told.about},
        "created_at": told.created_at,
        "read_at": row.read_at,
    }


def refuse_narrowed(request: Request) -> None:
    """An inbox knows no domains, so a token that is limited to some may not look into it."""
    if isinstance(request.auth, ApiToken) and request.auth.domains:
        raise PermissionDenied("an inbox is not divided by domain: use a token without domains")


class Notifications(APIView):
    """The caller's inbox."""

    allow = {"GET": (Scope.NOTICES_READ, "")}

    @extend_schema(
        operation_id="list_notifications", parameters=parameters(FILTERS), responses=dict
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        refuse_narrowed(request)
        return paged(request, queries.inbox(caller(request)), show, filters=FILTERS)


class NotificationsRead(APIView):
    """Marking as read."""

    allow = {"POST": (Scope.NOTICES_WRITE, "")}

    @extend_schema(operation_id="read_notifications", request=ReadInput, responses=dict)
    @idempotent
    def post(self, request: Request) -> Response:
        """How many were unread and are read now."""
        refuse_narrowed(request)
        by, given = caller(request), checked(ReadInput, request)
        if (ids := given.get("ids")) is None:
            return Response({"read": services.mark_all_read(by=by, now=clock.now())})
        return Response({"read": services.mark_read(by=by, ids=ids, now=clock.now())})
