"""Every refusal as RFC 9457 problem+json. Anything else is a bug and stays a 500."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoDenied
from django.http import Http404
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from governance import errors as governance
from integrations import errors as integrations
from portal.access.keyed_calls import KeyReused

MEDIA_TYPE = "application/problem+json"
STATUS: dict[type[Exception], int] = {
    governance.InvalidDocument: 422,
    KeyReused: 422,
    governance.PermissionRefused: 403,
    governance.StaleRevision: 412,
    governance.GovernanceError: 409,
    integrations.PermissionRefused: 403,
    integrations.TryLater: 503,
    integrations.IntegrationError: 409,
}
"""First match along the exception's own ancestry."""


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler."""
    if isinstance(error, APIException):
        return _framework(error)
    if isinstance(error, Http404):
        return answer(404, "not_found", "there is nothing here that you may see")
    if isinstance(error, DjangoDenied):
        return answer(403, "permission_refused", str(error) or "you may not do this here")
    for kind in type(error).__mro__:
        if status := STATUS.get(kind):
            places = {name: getattr(error, name, None) for name in ("pointer", "line")}
            more = {name: place for name, place in places.items() if place}
            return answer(status, str(getattr(error, "code", "refused")), str(error), **more)
    return None


def answer(status: int, code: str, detail: str, **more: Any) -> Response:
    """One problem."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return Response(
        {**body, "code": code, "detail": detail, **more}, status=status, content_type=MEDIA_TYPE
    )


def _framework(error: APIException) -> Response:
    detail: Any = error.detail
    more: dict[str, Any] = {}
    if isinstance(detail, dict):
        more["fields"] = {
            name: [str(one) for one in _listed(told)] for name, told in detail.items()
        }
        text = "some fields are wrong; see `fields`"
    else:
        text = "; ".join(str(one) for one in _listed(detail))
    if parameter := getattr(error, "parameter", None):
        more["parameter"] = parameter
    code = str(getattr(detail, "code", None) or error.default_code)
    found = answer(error.status_code, code, text, **more)
    if header := getattr(error, "auth_header", None):
        found["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        found["Retry-After"] = str(int(wait) + 1)
    return found


def _listed(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [told]
