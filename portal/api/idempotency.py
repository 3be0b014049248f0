"""A POST sent twice has its effect once: draft-ietf-httpapi-idempotency-key-header.

A key belongs to one caller and one address. Only answers of success are kept; a refusal had no
effect, so its key is free again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import transaction
from django.http import Http404, HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from governance import clock
from portal.access.keyed_calls import Call, claim, keep, release
from portal.accounts.models import ApiToken, KeyedCall

NAME = "Idempotency-Key"
KEY = re.compile(r'"([!#-~]{1,255})"|([!#-~]{1,255})')
HEADER = OpenApiParameter(
    NAME,
    location="header",
    description="At most 255 visible characters; the same key and body are answered alike for 24 h",
)
LONGEST = 500
"""Characters of an address; nothing here has a longer one."""
Post = TypeVar("Post", bound=Callable[..., Any])


def idempotent(post: Post) -> Post:
    """A `post` method whose effect and kept answer commit together."""

    @extend_schema(parameters=[HEADER])
    @wraps(post)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        text = request.headers.get(NAME)
        if text is None:
            return post(view, request, *args, **kwargs)
        found = claim(_call(request, text), now=clock.now())
        if isinstance(found, KeyedCall):
            return _replayed(found)
        try:
            with transaction.atomic():
                answer: Response = post(view, request, *args, **kwargs)
                body = JSONRenderer().render(answer.data)
                keep(found, status=answer.status_code, headers=answer.headers, body=body)
        except Exception:
            release(found)
            raise
        return answer

    once.idempotent = True  # type: ignore[attr-defined]
    return cast("Post", once)


def _call(request: Request, text: str) -> Call:
    fits = KEY.fullmatch(text.strip())
    if fits is None:
        raise ParseError(f"{NAME} has 1 to 255 visible characters, in quotation marks or bare")
    if len(request.path) > LONGEST or "\0" in request.path:
        raise Http404
    token = request.auth if isinstance(request.auth, ApiToken) else None
    return Call(
        caller=f"token {token.pk}" if token else f"person {request.user.pk}",
        route=request.path,
        key=fits[1] or fits[2],
        body_digest=hashlib.sha256(request.body).hexdigest(),
    )


def _replayed(row: KeyedCall) -> HttpResponse:
    told = {"Content-Type": "application/json", "Idempotency-Replayed": "true"}
    return HttpResponse(bytes(row.body), status=row.status, headers={**row.headers, **told})
