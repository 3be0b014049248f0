"""The ERP's `$filter`: comparisons joined by `and`, and the pair that pages by (moment, id)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from portal.demo.store import Wanted

VALUE = r"('(?:[^']|'')*'|[^\s()]+)"
COMPARISON = re.compile(rf"(\w+) (eq|ge|gt) {VALUE}")
AFTER = re.compile(rf"\(modified_at gt (\S+) or \(modified_at eq (\S+) and id gt {VALUE}\)\)")
LAST = "\U0010ffff"
"""After every id, so that `gt` a moment leaves its ties out."""


class BadFilter(ValueError):
    """The text says which part cannot be read."""


def wanted(text: str, *, limit: int) -> Wanted:
    """What the filter asks for. Raises BadFilter."""
    equal: dict[str, Any] = {}
    since, after = "", ("", "")
    for part in _parts(text.strip()):
        if found := AFTER.fullmatch(part):
            after = moment(found[1]), _plain(found[3])
            continue
        comparison = COMPARISON.fullmatch(part)
        assert comparison is not None
        field, sign, value = comparison[1], comparison[2], _plain(comparison[3])
        if sign == "eq":
            equal[field] = value
        elif field != "modified_at":
            raise BadFilter(f"{part}: only modified_at has an order")
        elif sign == "ge":
            since = moment(value)
        else:
            after = moment(value), LAST
    return Wanted(equal, since=since, after=after, limit=limit)


def _parts(text: str) -> Iterator[str]:
    """The comparisons that `and` joins."""
    while text:
        found = AFTER.match(text) or COMPARISON.match(text)
        rest = text[found.end() :] if found else text
        if found is None or (rest and not rest.startswith(" and ")):
            raise BadFilter(rest)
        yield found[0]
        text = rest.removeprefix(" and ")


def moment(text: str) -> str:
    """With all six digits, so that text order is time order. Raises BadFilter."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?Z", text)
    if not found:
        raise BadFilter(f"{text} is no moment in UTC")
    return f"{found[1]}{(found[2] or '.').ljust(7, '0')}Z"


def _plain(value: str) -> str:
    return value[1:-1].replace("''", "'") if value.startswith("'") else value
