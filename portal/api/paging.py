"""Cursor paging: `{"items": […], "next": URL or null}`, stable while rows come and go."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.filters import BadParameter, Filter, narrowed

LIMIT, MOST = 50, 200
LARGEST = 2**63
NOT_OURS = "this cursor was not given by this list; start without one"


def paged(
    request: Request,
    rows: QuerySet[Any],
    show: Callable[[Any], dict[str, Any]],
    *,
    by: str = "-id",
    filters: Sequence[Filter] | None = None,
    prepare: Callable[[Sequence[Model]], None] | None = None,
) -> Response:
    """One page ordered by a unique column; `prepare` may load what `show` needs for all rows.

    With `filters` any other parameter is refused. The next page stands in `next` and in `Link`.
    """
    column, newest_first = by.lstrip("-"), by.startswith("-")
    limit = _limit(request)
    if filters is not None:
        rows = narrowed(request, rows, filters)
    if cursor := request.query_params.get("cursor"):
        last = _decoded(cursor, rows, column)
        rows = rows.filter(**{f"{column}__{'lt' if newest_first else 'gt'}": last})
    found = list(rows.order_by(by)[: limit + 1])
    page = found[:limit]
    if prepare:
        prepare(page)
    more = _link(request, getattr(page[-1], column)) if len(found) > limit else None
    headers = {"Link": f'<{more}>; rel="next"'} if more else {}
    return Response({"items": [show(row) for row in page], "next": more}, headers=headers)


def _limit(request: Request) -> int:
    raw = request.query_params.get("limit", str(LIMIT))
    if not (raw.isascii() and raw.isdigit() and len(raw) < 4 and 1 <= int(raw) <= MOST):
        raise BadParameter("limit", f"limit is a number from 1 to {MOST}")
    return int(raw)


def _link(request: Request, last: Any) -> str:
    query = request.query_params.copy()
    query["cursor"] = base64.urlsafe_b64encode(json.dumps([last]).encode()).decode().rstrip("=")
    return str(request.build_absolute_uri(f"{request.path}?{query.urlencode()}"))


def _decoded(cursor: str, rows: QuerySet[Any], column: str) -> Any:
    """The last row's value, as that column holds it."""
    try:
        (last,) = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        value = rows.model._meta.get_field(column).to_python(last)
    except (binascii.Error, ValueError, TypeError, ValidationError) as error:
        raise BadParameter("cursor", NOT_OURS) from error
    if not isinstance(last, str | int) or "\0" in str(last) or _is_huge(value):
        raise BadParameter("cursor", NOT_OURS)
    return value


def _is_huge(value: Any) -> bool:
    """No column holds such a number, and asking for it is an error of the database."""
    return isinstance(value, int) and abs(value) >= LARGEST
