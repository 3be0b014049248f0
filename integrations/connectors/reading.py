"""Pages of one object: ask, take the records out, know where to go on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from governance.catalog.connector_words import Filter, PageSpec
from integrations.connectors.conditions import conditions
from integrations.connectors.encoding import filled, json_body, parameters, plain, template
from integrations.connectors.filters import filter_params, select_params, sort_params
from integrations.connectors.paging import Seen, following, page_params, size_of
from integrations.connectors.places import getter
from integrations.connectors.port import SourceRecord
from integrations.connectors.session import Call, Session
from integrations.connectors.values import moment_of, stamp, unwrapped
from integrations.errors import NeedsAPerson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from governance.catalog.connector_words import ObjectSpec, Sort
    from integrations.connectors.conditions import Condition
    from integrations.connectors.filters import Clause
    from integrations.connectors.paging import State

WRAPPED = {"typed", "msdate"}


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that can be paged: an object's own, or its event feed."""

    path: str
    records: str
    id: str
    page: PageSpec
    filter: Filter
    sort: Sort | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    template: Any = None
    fixed: Sequence[tuple[str, str]] = ()


def listing_of(spec: ObjectSpec) -> Listing:
    return Listing(
        path=spec.path,
        records=spec.records,
        id=spec.id,
        page=spec.page,
        filter=spec.filter or Filter(),
        sort=spec.sort,
        params=spec.params,
        headers=spec.headers,
        method=spec.method,
        template=spec.template,
        fixed=tuple(select_params(spec.select)),
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """Raw rows of one page. `state` is None after the last page."""

    rows: list[dict[str, Any]]
    state: State | None
    headers: Mapping[str, str]


def ask(
    session: Session,
    listing: Listing,
    state: State,
    limit: int,
    clauses: Sequence[Clause] = (),
    *,
    order: str = "",
    headers: Mapping[str, str] | None = None,
) -> Rows:
    """One request. `order` replaces the listing's own."""
    size = size_of(listing.page, limit)
    params = [] if "url" in state else _params(session, listing, clauses, order)
    params += page_params(listing.page, state, size)
    call = _call(session, listing, state, params, headers or {})
    heard = session.call(call)
    rows = rows_of(heard.body, listing)
    key = getter(listing.id)
    first, last = (plain(key(row)) for row in (rows[0], rows[-1])) if rows else ("", "")
    seen = Seen(heard.body, heard.reply.headers, len(rows), size, first, last)
    state_then = following(listing.page, state, seen)
    if state_then and "url" in state_then:
        state_then["url"] = session.given(call, state_then["url"])
    return Rows(rows, state_then, heard.reply.headers)


def _params(
    session: Session, listing: Listing, clauses: Sequence[Clause], order: str
) -> list[tuple[str, Any]]:
    own = [(name, filled(text, session.variables)) for name, text in listing.params.items()]
    sort = listing.sort
    sorting = sort_params(sort, order or sort.by) if sort else []
    return [*own, *listing.fixed, *sorting, *filter_params(listing.filter, clauses)]


def _call(
    session: Session,
    listing: Listing,
    state: State,
    params: list[tuple[str, Any]],
    headers: Mapping[str, str],
) -> Call:
    url = state.get("url") or session.below(listing.path)
    own = {name: filled(text, session.variables) for name, text in listing.headers.items()}
    if listing.method == "GET" or "url" in state:
        return Call("GET", url, parameters(params), {**own, **headers})
    content = json_body(_asked(listing, dict(params), session.variables))
    sent = {"Content-Type": "application/json", **own, **headers}
    return Call(listing.method, url, [], sent, content)


def _asked(listing: Listing, params: dict[str, Any], variables: Mapping[str, str]) -> Any:
    """The body of a read by POST: the parameters themselves, or a template that holds them."""
    if listing.template is None:
        return params
    unasked = {listing.filter.param: [] if listing.filter.style == "domain" else ""}
    return template(listing.template, {**variables, **unasked, **params})


def rows_of(body: Any, listing: Listing) -> list[dict[str, Any]]:
    """The records of an answer; another shape than described is a case, not an empty page."""
    rows = getter(listing.records)(body)
    if isinstance(rows, dict) and not listing.records:
        rows = [rows]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        place = listing.records or "the answer itself"
        raise NeedsAPerson(
            f"{listing.path}: {place} is not a list of records; the system changed, or the "
            "connector's `records` is wrong",
            klass="contract",
        )
    return rows


class Recorder:
    """Turns raw rows into records: compiled once per object."""

    def __init__(self, spec: ObjectSpec, style: str) -> None:
        self._key = getter(spec.id)
        self._versions = [getter(place) for place in version_places(spec)]
        self._style = style
        self._wrapped = style in WRAPPED
        self._times = spec.times
        self._deletes = spec.deletes
        self._deleted = getter(spec.deletes.path) if spec.deletes.path else None

    def record(self, row: dict[str, Any]) -> SourceRecord:
        data = unwrapped(row) if self._wrapped else row
        key = self._key(data)
        if key in (None, ""):
            raise NeedsAPerson("a record without an id came: correct `id`", klass="contract")
        version = next((v for get in self._versions if (v := get(data)) is not None), "")
        if self._times:
            data = self._with_times(data)
        return SourceRecord(plain(key), plain(version), data, self._is_deleted(data))

    def _with_times(self, data: dict[str, Any]) -> dict[str, Any]:
        """Declared moments in the one spelling, whatever the system's was."""
        found = {name: moment_of(data.get(name), self._style) for name in self._times}
        return {**data, **{name: stamp(moment) for name, moment in found.items() if moment}}

    def _is_deleted(self, data: dict[str, Any]) -> bool:
        if self._deleted is None or self._deletes.mode not in {"flag", "tombstone"}:
            return False
        value = self._deleted(data)
        if self._deletes.equals is UNSET:
            return value not in (None, "", False)
        return bool(value == self._deletes.equals)


def version_places(spec: ObjectSpec) -> list[str]:
    """Where the version token stands; by default in the cursor fields of a filter."""
    chosen = spec.version
    if chosen is None and spec.incremental.mode == "filter":
        chosen = spec.incremental.cursor
    if chosen is None:
        return []
    return [chosen] if isinstance(chosen, str) else chosen


def wanted(spec: ObjectSpec, where: Mapping[str, Any]) -> list[Condition]:
    """The object's own conditions and the caller's, which win."""
    return conditions({**spec.where, **where})


def meets(found: Sequence[Condition], data: Mapping[str, Any]) -> bool:
    """A filter that the system ignored is applied here, as far as plain equality goes."""
    for condition in found:
        value = data.get(condition.field)
        if condition.op != "eq" or isinstance(value, dict | list | None):
            continue
        if plain(value) != plain(condition.value):
            return False
    return True
