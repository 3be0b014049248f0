"""Writes of one object, and the look for an effect that may have been made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integrations.connectors.conditions import Condition
from integrations.connectors.description import action_of, effect_of, lookup_of
from integrations.connectors.encoding import filled, form, plain, template
from integrations.connectors.failures import NotFound
from integrations.connectors.places import getter, put
from integrations.connectors.port import Answer, EffectClass, Write
from integrations.connectors.reading import Listing, ask, listing_of, rows_of
from integrations.connectors.session import Call, Heard, Session
from integrations.connectors.values import encode, unwrapped
from integrations.errors import NeedsAPerson, UnknownOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.catalog.connector_words import Action, Lookup, ObjectSpec

SCALAR = (str, int)
LOOKED_AT = 1000
"""Rows asked for in one page of a lookup."""
REPLAYED = ("idempotent-replayed", "idempotency-replayed", "x-idempotent-replayed")


class Writer:
    """`names` are the variables that paths, queries and templates may use."""

    def __init__(self, session: Session, spec: ObjectSpec) -> None:
        self._session = session
        self._spec = spec

    def effect(self, action: str) -> EffectClass:
        return effect_of(action_of(self._spec, action), action)

    def write(self, write: Write) -> Answer:
        action = action_of(self._spec, write.action)
        names = self._names(write)
        method, _, path = action.call.partition(" ")
        headers, content = self._content(action, write, names)
        params = [(name, filled(text, names)) for name, text in action.query.items()]
        if proof := action.idempotency:
            params += [(proof.query, write.idempotency_key)] if proof.query else []
            headers |= {proof.header: write.idempotency_key} if proof.header else {}
        call = Call(
            method, filled(path, names, in_path=True), params, headers, content, writing=True
        )
        heard = self._session.call(call)
        if action.answer == "lookup":
            return self._seen(heard, write)
        return self._answer(heard, action, write)

    def _seen(self, heard: Heard, write: Write) -> Answer:
        """The record that the effect made, where the answer speaks of another one."""
        found = self.find(write)
        if found is None:
            raise UnknownOutcome(
                f"{write.object} {write.action} was accepted, and its effect does not show",
                status=heard.reply.status,
            )
        return Answer(found.id, heard.reply.status, found.body)

    def _names(self, write: Write) -> dict[str, Any]:
        scalars = {name: v for name, v in write.body.items() if isinstance(v, SCALAR)}
        own = {"key": write.reference, "reference": write.reference}
        return {**scalars, **self._session.variables, **own, **write.path}

    def _content(
        self, action: Action, write: Write, names: dict[str, Any]
    ) -> tuple[dict[str, str], bytes | None]:
        headers = {name: filled(text, names) for name, text in action.headers.items()}
        if action.body == "none":
            return headers, None
        body: Any = write.body
        if action.reference:
            body = put(body, action.reference, write.reference)
        if action.template is not None:
            body = template(action.template, {**names, "body": body})
        if action.body == "form":
            return headers | {"Content-Type": "application/x-www-form-urlencoded"}, form(body)
        values = self._session.description.values
        return headers | {"Content-Type": "application/json"}, encode(body, values)

    def _answer(self, heard: Heard, action: Action, write: Write) -> Answer:
        body, headers = unwrapped(heard.body), heard.reply.headers
        record = body[0] if isinstance(body, list) and body else body
        key = getter(action.id or self._spec.id)(record)
        if key in (None, "") or isinstance(key, dict | list):
            key = write.path.get("id") or _last_segment(headers.get("location", ""))
        existed = any(headers.get(name, "").lower() == "true" for name in REPLAYED)
        return Answer(plain(key), heard.reply.status, body, existed)

    def find(self, write: Write) -> Answer | None:
        """None only where the system was looked through and the effect is not there."""
        action = action_of(self._spec, write.action)
        lookup = lookup_of(action)
        if lookup is None:
            raise NeedsAPerson(
                f"{write.object} {write.action}: the connector describes no lookup, so nobody "
                "but a person can see whether it was done",
                klass="unknown",
            )
        rows = self._called(lookup, write) if lookup.call else self._listed(lookup, write)
        hits = [row for row in rows if _shows(lookup, row, write.reference)]
        if len({plain(getter(self._spec.id)(row)) for row in hits}) > 1:
            raise NeedsAPerson(
                f"{len(hits)} records carry our reference {write.reference!r}: keep one",
                klass="duplicate",
            )
        return self._found(hits[0], action) if hits else None

    def _found(self, row: Any, action: Action) -> Answer:
        return Answer(plain(getter(self._spec.id)(row)), 200, row, existed=True)

    def _called(self, lookup: Lookup, write: Write) -> list[Any]:
        """A declared read; its 404 means that nothing is there."""
        names = self._names(write)
        method, _, path = str(lookup.call).partition(" ")
        params = [(name, filled(text, names)) for name, text in lookup.query.items()]
        call = Call(method, filled(path, names, in_path=True), params)
        try:
            heard = self._session.call(call)
        except NotFound:
            return []
        place = self._spec.records if lookup.records is None else lookup.records
        one_or_many = getter(place)(heard.body) if place else heard.body
        if one_or_many is None and isinstance(heard.body, dict):
            one_or_many = heard.body
        shape = Listing(path, "", self._spec.id, self._spec.page, listing_of(self._spec).filter)
        return [unwrapped(row) for row in rows_of(one_or_many, shape)]

    def _listed(self, lookup: Lookup, write: Write) -> list[Any]:
        """The object's own list, filtered by the system where `field` says how, and by us."""
        asked = [Condition(lookup.field, "eq", write.reference)] if lookup.field else []
        hits: list[Any] = []
        for count, page in enumerate(self._pages(asked)):
            shown = [row for row in page if _shows(lookup, row, write.reference)]
            hits += shown
            if lookup.field and 0 < len(shown) == len(page) < LOOKED_AT:
                return hits
            if count >= lookup.pages and not hits:
                raise UnknownOutcome(f"{lookup.pages} pages were looked through; there are more")
        return hits

    def _pages(self, asked: list[Condition]) -> Iterator[list[Any]]:
        """Every page. Where the list is paged by key, in the order of the key alone."""
        listing, tie = listing_of(self._spec), self._spec.incremental.tie
        order = f"{tie} asc" if listing.page.style == "keyset" else ""
        state: dict[str, Any] | None = {}
        clauses = list(asked)
        while state is not None:
            page = ask(self._session, listing, state, LOOKED_AT, clauses, order=order)
            yield [unwrapped(row) for row in page.rows]
            state = page.state
            if order and page.rows:
                clauses = [*asked, Condition(tie, "gt", getter(tie)(page.rows[-1]))]


def _shows(lookup: Lookup, row: Any, reference: str) -> bool:
    value = getter(lookup.match or lookup.field)(row)
    if lookup.equals:
        return value in lookup.equals
    if value is None:
        return False
    return reference in plain(value) if lookup.contains else plain(value) == reference


def _last_segment(location: str) -> str:
    return location.partition("?")[0].rstrip("/").rpartition("/")[2]
