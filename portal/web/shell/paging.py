"""Keyset paging: a page begins after the last row seen, so depth is free and no row repeats.

The order must be total (end it with the primary key), all ascending or all descending, and free of
nulls, because the database compares rows: `(due_at, id) > (%s, %s)`.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Field, Func, Model, QuerySet, TextField, Value
from django.http import QueryDict

M = TypeVar("M", bound=Model)
if TYPE_CHECKING:
    AnyField: TypeAlias = Field[Any, Any]
else:
    AnyField = Field
SIZE = 50


@dataclass(frozen=True)
class Page(Generic[M]):
    """Rows, and the query strings of the pages on either side (empty where there is none)."""

    rows: list[M]
    previous: str
    next: str


def keyset(
    rows: QuerySet[M], *, order: Sequence[str], params: QueryDict, size: int = SIZE
) -> Page[M]:
    """The page that `?after=` or `?before=` names; an unreadable cursor means the first page."""
    fields = [_field(rows, name.lstrip("-")) for name in order]
    backwards = "before" in params
    mark = _read(params.get("before" if backwards else "after", ""), fields)
    falling = order[0].startswith("-") != (backwards and mark is not None)
    if mark is not None:
        rows = rows.filter(_beyond(order, fields, mark, "<" if falling else ">"))
    names = [name.lstrip("-") for name in order]
    found = list(rows.order_by(*(f"-{n}" if falling else n for n in names))[: size + 1])
    further, found = len(found) > size, found[:size]
    if backwards and mark is not None:
        found.reverse()
        return _page(found, params, names, previous=further, next=True)
    return _page(found, params, names, previous=mark is not None, next=further)


def _page(
    rows: list[M], params: QueryDict, names: list[str], *, previous: bool, next: bool
) -> Page[M]:
    return Page(
        rows,
        previous=_link(params, "before", rows[0], names) if rows and previous else "",
        next=_link(params, "after", rows[-1], names) if rows and next else "",
    )


def _beyond(order: Sequence[str], fields: list[AnyField], mark: list[Any], operator: str) -> Func:
    """`(a, b) < (x, y)` as one condition."""
    columns = [F(name.lstrip("-")) for name in order]
    values = [Value(v, output_field=f) for v, f in zip(mark, fields, strict=True)]
    sides = [
        Func(*parts, template="(%(expressions)s)", output_field=TextField())
        for parts in (columns, values)
    ]
    return Func(
        *sides,
        template="%(expressions)s",
        arg_joiner=f" {operator} ",
        output_field=BooleanField(),
    )


def _field(rows: QuerySet[M], name: str) -> AnyField:
    """The model's column, or the one that an annotation promises."""
    if name in rows.query.annotations:
        return rows.query.annotations[name].output_field
    meta = rows.model._meta
    field = meta.pk if name == "pk" else meta.get_field(name)
    if not isinstance(field, Field):
        raise TypeError(f"{name} is not a column of {meta.label}")
    return field


def _link(params: QueryDict, side: str, row: Model, names: list[str]) -> str:
    """The present filters with another cursor."""
    query = params.copy()
    for other in ("after", "before"):
        query.pop(other, None)
    query[side] = _write([getattr(row, name) for name in names])
    return f"?{query.urlencode()}"


def _write(values: list[Any]) -> str:
    texts = [v.isoformat() if isinstance(v, (date, datetime)) else str(v) for v in values]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def unpaged(params: QueryDict) -> str:
    """The filters alone: what an export, a saved view or a link to the first page needs."""
    query = params.copy()
    for name in ("after", "before", "page", "as"):
        query.pop(name, None)
    return query.urlencode()


def _read(cursor: str, fields: list[AnyField]) -> list[Any] | None:
    try:
        texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [f.to_python(t) for f, t in zip(fields, texts, strict=True)]
    except (binascii.Error, ValueError, TypeError, ValidationError):
        return None
