"""Cursor paging: `{"items": […], "next": URL or null}`, stable while rows come and go."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

LIMIT, MOST = 50, 200


def paged(
    request: Request,
    rows: QuerySet[Any],
    show: Callable[[Any], dict[str, Any]],
    *,
    by: str = "-id",
    prepare: Callable[[Sequence[Model]], None] | None = None,
) -> Response:
    """One page ordered by a unique column; `prepare` may load what `show` needs for all rows."""
    column, newest_first = by.lstrip("-"), by.startswith("-")
    limit = _limit(request)
    if cursor := request.query_params.get("cursor"):
        rows = rows.filter(**{f"{column}__{'lt' if newest_first else 'gt'}": _decoded(cursor)})
    found = list(rows.order_by(by)[: limit + 1])
    page = found[:limit]
    if prepare:
        prepare(page)
    more = _link(request, getattr(page[-1], column)) if len(found) > limit else None
    return Response({"items": [show(row) for row in page], "next": more})


def _limit(request: Request) -> int:
    raw = request.query_params.get("limit", str(LIMIT))
    if not raw.isdigit() or not 1 <= int(raw) <= MOST:
        raise ParseError(f"limit is a number from 1 to {MOST}")
    return int(raw)


def _link(request: Request, last: Any) -> str:
    query = request.query_params.copy()
    query["cursor"] = base64.urlsafe_b64encode(json.dumps([last]).encode()).decode().rstrip("=")
    return str(request.build_absolute_uri(f"{request.path}?{query.urlencode()}"))


def _decoded(cursor: str) -> Any:
    try:
        value = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        (last,) = value
    except (binascii.Error, ValueError, TypeError) as error:
        raise ParseError("this cursor was not given by this list; start without one") from error
    if not isinstance(last, str | int):
        raise ParseError("this cursor was not given by this list; start without one")
    return last
