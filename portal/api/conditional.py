"""ETag, If-None-Match and If-Match: a caller acts on exactly what it saw."""

from __future__ import annotations

import hashlib
from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response


class PreconditionRequired(APIException):
    """The call changes something and has to say which state it saw."""

    status_code = 428
    default_code = "precondition_required"
    default_detail = "send If-Match with the ETag that you saw"


class PreconditionFailed(APIException):
    """What the caller saw is not what is there now."""

    status_code = 412
    default_code = "precondition_failed"
    default_detail = "it has changed since you saw it: read it again"


def state_of(body: Any) -> str:
    """A tag for what has no digest of its own: it changes with whatever is shown."""
    return hashlib.sha256(JSONRenderer().render(body)).hexdigest()


def refuse_changed(request: Request, etag: str) -> None:
    """Where If-Match is sent, it names this state. Raises PreconditionFailed."""
    wanted = _listed(request.headers.get("If-Match", ""))
    if wanted and f'"{etag}"' not in wanted and wanted != ["*"]:
        raise PreconditionFailed


def respond(request: Request, body: Any, *, etag: str, status: int = 200) -> Response:
    """The body with its ETag, or 304 when the caller holds it already."""
    quoted = f'"{etag}"'
    if request.method == "GET" and quoted in _listed(request.headers.get("If-None-Match", "")):
        return Response(status=304, headers={"ETag": quoted})
    return Response(body, status=status, headers={"ETag": quoted, "Cache-Control": "no-cache"})


def seen(request: Request) -> str:
    """The digest in If-Match. Raises PreconditionRequired."""
    found = _listed(request.headers.get("If-Match", ""))
    if len(found) != 1 or found == ["*"]:
        raise PreconditionRequired
    return found[0].strip('"')


def _listed(header: str) -> list[str]:
    return [one.strip().removeprefix("W/") for one in header.split(",") if one.strip()]
