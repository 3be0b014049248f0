"""Two documents as lines side by side; long equal parts are folded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from governance.catalog.models import Specification

if TYPE_CHECKING:
    from governance.approvals.queries import ItemView

CONTEXT = 3
"""Equal lines that are shown around a difference."""
LONGEST = 60_000
"""Lines of both documents together; a matching of longer ones takes seconds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of each side; `kind` is "" for equal ones, and `folded` counts those left out."""

    left: str = ""
    right: str = ""
    kind: str = ""
    folded: int = 0


def texts(item: ItemView) -> tuple[str, str]:
    """The documents as people wrote them: specifications byte for byte, others as JSON."""
    before, after = item.before or {}, item.after
    if item.kind == "api_version":
        digests = [str(one.get("specification", "")) for one in (before, after)]
        held = Specification.objects.in_bulk(digests)
        found = [bytes(held[one].content).decode("utf-8", "replace") if one in held else ""
                 for one in digests]  # fmt: skip
        return found[0], found[1]
    return _json(before), _json(after)


def _json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, default=str) if document else ""


def side_by_side(old: str, new: str) -> list[Row] | None:
    """None where the documents are too long to be matched line by line."""
    left, right = old.splitlines(), new.splitlines()
    if len(left) + len(right) > LONGEST:
        return None
    head = _shared(left, right)
    tail = _shared(left[head:][::-1], right[head:][::-1])
    inner = _inner(left[head : len(left) - tail], right[head : len(right) - tail])
    rows = [*_equal(left[:head]), *inner, *_equal(left[len(left) - tail :])]
    return list(_folded(rows))


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    """How many lines both begin with."""
    same = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        same += 1
    return same


def _equal(lines: Sequence[str]) -> Iterator[Row]:
    return (Row(one, one) for one in lines)


def _inner(left: Sequence[str], right: Sequence[str]) -> Iterator[Row]:
    matched = SequenceMatcher(None, left, right, autojunk=len(left) + len(right) > CAREFUL)
    for tag, a, b, c, d in matched.get_opcodes():
        if tag == "equal":
            yield from _equal(left[a:b])
        else:
            for one, other in zip_longest(left[a:b], right[c:d], fillvalue=""):
                yield Row(one, other, tag)


CAREFUL = 4_000
"""Up to so many lines the matching looks at every one."""


def _folded(rows: Sequence[Row]) -> Iterator[Row]:
    """Equal rows far from any difference become one row that counts them."""
    near = [False] * len(rows)
    for number, row in enumerate(rows):
        if row.kind:
            first, last = max(number - CONTEXT, 0), min(number + CONTEXT + 1, len(rows))
            near[first:last] = [True] * (last - first)
    hidden = 0
    for row, shown in zip(rows, near, strict=True):
        if not shown:
            hidden += 1
            continue
        if hidden:
            yield Row(folded=hidden)
            hidden = 0
        yield row
    if hidden:
        yield Row(folded=hidden)
