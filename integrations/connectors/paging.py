"""The next page in each style: what to ask, and where to go on. Pure; the state is JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from integrations.connectors.places import getter
from integrations.errors import NeedsAPerson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from governance.catalog.connector_words import PageSpec

    State = dict[str, Any]

LINK = re.compile(r"<([^>]*)>\s*((?:;[^,<]*)*)")
MARKS = {"offset": "offset", "page": "page", "cursor_id": "after", "token": "token"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page looked like: `size` is how many rows were asked for, 0 where one cannot ask."""

    body: Any
    headers: Mapping[str, str]
    rows: int
    size: int
    first: str
    last: str


def size_of(page: PageSpec, limit: int) -> int:
    """How many rows to ask for; 0 where the system decides."""
    return 0 if page.size is None else max(1, min(limit, page.size[1]))


def page_params(page: PageSpec, state: State, size: int) -> list[tuple[str, Any]]:
    """Nothing where the state holds an address: it carries its own parameters."""
    if "url" in state:
        return []
    params: list[tuple[str, Any]] = [] if page.size is None else [(page.size[0], size)]
    starts = {"offset": 0, "page": page.start}
    mark = state.get(MARKS.get(page.style, ""), starts.get(page.style))
    return params if mark is None else [*params, (page.param, mark)]


def following(page: PageSpec, state: State, seen: Seen) -> State | None:
    """The state of the next page, None at the end. A page that repeats is refused."""
    if seen.rows and seen.first == state.get("first"):
        raise NeedsAPerson(
            f"the system answers the same page again: it ignores {page.param or page.style}; "
            "correct the connector's paging",
            klass="contract",
        )
    mark = NEXT[page.style](page, state, seen)
    if mark is None:
        return None
    filled = bool(state.get("filled")) or 0 < seen.size <= seen.rows
    return {**mark, "first": seen.first, "filled": filled}


def _none(page: PageSpec, state: State, seen: Seen) -> State | None:
    return None


def _offset(page: PageSpec, state: State, seen: Seen) -> State | None:
    at = state.get("offset", 0) + seen.rows
    return {"offset": at} if _goes_on(page, state, seen, at) else None


def _page(page: PageSpec, state: State, seen: Seen) -> State | None:
    at = state.get("count", 0) + seen.rows
    number = state.get("page", page.start)
    return {"page": number + 1, "count": at} if _goes_on(page, state, seen, at) else None


def _cursor_id(page: PageSpec, state: State, seen: Seen) -> State | None:
    return {"after": seen.last} if _goes_on(page, state, seen, 0) else None


def _goes_on(page: PageSpec, state: State, seen: Seen, at: int) -> bool:
    """As the system says; else a short page ends only if a full one was seen, because sizes are
    capped silently."""
    if seen.rows == 0:
        return False
    if page.more:
        return bool(getter(page.more)(seen.body))
    if page.total and (total := getter(page.total)(seen.body)) is not None:
        return at < int(total)
    return not (state.get("filled") and seen.rows < seen.size)


def _token(page: PageSpec, state: State, seen: Seen) -> State | None:
    return _moved("token", getter(page.next)(seen.body), state)


def _next_url(page: PageSpec, state: State, seen: Seen) -> State | None:
    return _moved("url", getter(page.next)(seen.body), state)


def _link_header(page: PageSpec, state: State, seen: Seen) -> State | None:
    return _moved("url", next_link(seen.headers.get("link", "")), state)


def _moved(name: str, mark: Any, state: State) -> State | None:
    if mark in (None, "", False):
        return None
    if mark == state.get(name):
        raise NeedsAPerson("the next page's mark does not move", klass="contract")
    return {name: mark}


def _keyset(page: PageSpec, state: State, seen: Seen) -> State | None:
    return {} if _goes_on(page, state, seen, 0) else None


def next_link(header: str) -> str | None:
    """The address with rel="next" of a Link header (RFC 8288)."""
    for address, attributes in LINK.findall(header):
        if re.search(r"""rel\s*=\s*"?[^";]*\bnext\b""", attributes, re.IGNORECASE):
            return str(address)
    return None


NEXT: dict[str, Callable[[PageSpec, State, Seen], State | None]] = {
    "none": _none,
    "offset": _offset,
    "page": _page,
    "cursor_id": _cursor_id,
    "token": _token,
    "next_url": _next_url,
    "link_header": _link_header,
    "keyset": _keyset,
}
