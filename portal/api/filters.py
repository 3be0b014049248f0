"""Query parameters that narrow a list: each is declared once, applied, checked and described."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

PAGING = ("cursor", "limit")
LONGEST = 300
"""Characters of a value; nothing that is filtered by has more."""


class BadParameter(ParseError):
    """A query parameter is unknown or its value means nothing; the problem names it."""

    default_code = "bad_parameter"

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Filter:
    """`clause` turns the values given into a condition; a ValueError says what is meant."""

    name: str
    clause: Callable[[list[str]], Q]
    tells: str = ""
    choices: tuple[str, ...] = ()
    many: bool = False


def word(name: str, column: str = "", *, tells: str = "") -> Filter:
    """Rows whose column is one of the values given."""
    return Filter(name, partial(_any_of, column or name, str), tells or f"exactly this {name}")


def number(name: str, column: str = "") -> Filter:
    """The same for a column of numbers."""
    return Filter(name, partial(_any_of, column or name, _whole), f"the number of the {name}")


def choice(name: str, values: Iterable[str], column: str = "") -> Filter:
    """One of a fixed list; given several times it means any of them."""
    known = tuple(str(value) for value in values)
    clause = partial(_any_of, column or name, partial(_known, known))
    return Filter(name, clause, "may be given several times", known, many=True)


def period(column: str) -> tuple[Filter, Filter]:
    """`since` and `until`: from that moment on, and before it."""
    how = f"{column}: a day or a moment in ISO 8601"
    return (
        Filter("since", partial(_from, f"{column}__gte"), f"{how}, included"),
        Filter("until", partial(_from, f"{column}__lt"), f"{how}, excluded"),
    )


def search(*columns: str) -> Filter:
    """`q`: a piece of text in any of the columns."""
    names = ", ".join(column.replace("__", " ") for column in columns)
    return Filter("q", partial(_holds, columns), f"a piece of {names}")


def narrowed(request: Request, rows: QuerySet[Any], filters: Sequence[Filter]) -> QuerySet[Any]:
    """The rows that every parameter lets through. Raises BadParameter."""
    refuse_unknown(request, {one.name for one in filters} | set(PAGING))
    for one in filters:
        values = [value for value in request.query_params.getlist(one.name) if value]
        if values:
            rows = rows.filter(_clause(one, values))
    return rows


def refuse_unknown(request: Request, known: set[str]) -> None:
    """A mistyped parameter must not silently widen what is shown. Raises BadParameter."""
    for name in request.query_params:
        if name not in known:
            raise BadParameter(name, f"{name} is no parameter here; {', '.join(sorted(known))} are")


def parameters(filters: Sequence[Filter]) -> list[OpenApiParameter]:
    """What the schema says of them, with those of paging."""
    told = [
        OpenApiParameter(
            one.name, description=one.tells, enum=one.choices or None, many=one.many or None
        )
        for one in filters
    ]
    return [*told, OpenApiParameter("cursor"), OpenApiParameter("limit", int)]


def _clause(one: Filter, values: list[str]) -> Q:
    if any(len(value) > LONGEST or "\0" in value for value in values):
        raise BadParameter(one.name, f"{one.name} has at most {LONGEST} printable characters")
    try:
        return one.clause(values)
    except ValueError as error:
        raise BadParameter(one.name, f"{one.name} {error}") from error


def _any_of(column: str, read: Callable[[str], Any], values: list[str]) -> Q:
    return Q(**{f"{column}__in": [read(value) for value in values]})


def _holds(columns: Sequence[str], values: list[str]) -> Q:
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__icontains": _single(values)})
    return found


def _from(lookup: str, values: list[str]) -> Q:
    return Q(**{lookup: _moment(_single(values))})


def _single(values: list[str]) -> str:
    if len(values) > 1:
        raise ValueError("is given once")
    return values[0]


def _known(choices: Sequence[str], value: str) -> str:
    if value not in choices:
        raise ValueError(f"is one of {', '.join(choices)}")
    return value


def _whole(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise ValueError("is a number")
    return int(value)


def _moment(value: str) -> datetime:
    """A bare day begins at midnight UTC; a moment names its offset."""
    try:
        if len(value) == len("2026-03-01"):
            return datetime.combine(date.fromisoformat(value), time(), UTC)
        found = datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError("is a day such as 2026-03-01 or a moment such as 2026-03-01T09:00:00Z")
    return found
