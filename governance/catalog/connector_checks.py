"""What a connector description may say word by word and still not mean: each rule yields the
JSON Pointer and the sentence that says what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import re2

from governance.catalog.connector_words import Action, Lookup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.catalog.connector_words import (
        Auth,
        Description,
        Filter,
        Incremental,
        ObjectSpec,
        PageSpec,
        WriteSpec,
    )

Fault = tuple[str, str]
HOOKS = "integrations.connectors."
MAX_PATTERN = 500
NEEDS_PARAM = {"offset", "page", "cursor_id", "token"}
NEEDS_NEXT = {"token", "next_url"}
NEEDS_ORDER = {"offset", "page", "keyset"}
EXPRESSIVE = {"domain", "odata", "sql"}
AUTH_NEEDS = {
    "header_key": ("name",),
    "query_key": ("name",),
    "oauth2_cc": ("token_url",),
    "session_login": ("login",),
}


def faults(description: Description) -> Iterator[Fault]:
    """Every fault, in reading order."""
    yield from _auth(description.auth)
    yield from _errors(description)
    yield from _hook(description)
    if not description.objects:
        yield "/objects", "describe at least one object"
    for name, spec in description.objects.items():
        for pointer, message in _object(spec):
            yield f"/objects/{name}{pointer}", message


def _auth(auth: Auth) -> Iterator[Fault]:
    for word in AUTH_NEEDS.get(auth.scheme, ()):
        if not getattr(auth, word):
            yield f"/auth/{word}", f"the scheme {auth.scheme} needs `{word}`"
    if auth.token_url and not auth.token_url.startswith("https://"):
        local = re.match(r"(http://|/|\{)", auth.token_url)
        if not local:
            yield "/auth/token_url", "write an address that begins with https://"


def _errors(description: Description) -> Iterator[Fault]:
    for index, row in enumerate(description.errors):
        if row.body and not _compiles(row.body):
            yield f"/errors/{index}/body", "not a regular expression that re2 accepts"
        if row.status is None and not (row.body or row.path or row.content_type):
            yield f"/errors/{index}", "the row matches every answer: say a status, body or path"


def _compiles(pattern: str) -> bool:
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error:
        return False
    return len(pattern) <= MAX_PATTERN


def _hook(description: Description) -> Iterator[Fault]:
    hook = description.hook
    if hook and not re.fullmatch(r"integrations\.connectors(\.[a-z_]+)+\.[A-Za-z]+", hook):
        yield "/hook", f"a hook is shipped code below {HOOKS[:-1]}: name it by its dotted path"
    wanted = [
        f"/objects/{name}/write"
        for name, spec in description.objects.items()
        for action in actions(spec.write).values()
        if action.call == "hook"
    ]
    if wanted and not hook:
        yield wanted[0], "`call: hook` needs the description's `hook`"


def _object(spec: ObjectSpec) -> Iterator[Fault]:
    if not spec.path.startswith("/"):
        yield "/path", "a path begins with / and is relative to base_url"
    for pointer, message in _page(spec.page, spec):
        yield f"/page{pointer}", message
    for pointer, message in _incremental(spec.incremental, spec):
        yield f"/incremental{pointer}", message
    if spec.filter is not None:
        for pointer, message in _filter(spec.filter):
            yield f"/filter{pointer}", message
    if spec.write is not None:
        for pointer, message in _write(spec.write):
            yield f"/write{pointer}", message


def _page(page: PageSpec, spec: ObjectSpec) -> Iterator[Fault]:
    if page.style in NEEDS_PARAM and not page.param:
        yield "/param", f"the style {page.style} needs the name of its parameter"
    if page.style in NEEDS_NEXT and not page.next:
        yield "/next", f"the style {page.style} needs `next`, the place of the next page's mark"
    ordered = spec.sort is not None and (spec.sort.by or spec.sort.fixed or spec.sort.param)
    if page.style in NEEDS_ORDER and not ordered:
        yield "/style", f"{page.style} paging loses rows unless `sort` states the order"
    if page.style == "keyset" and _too_weak_for_ties(spec):
        yield "/style", "keyset paging needs a `filter` of style domain, odata or sql"
    if page.style == "keyset" and not (spec.incremental.cursor and spec.incremental.tie):
        yield "/style", "keyset paging needs `incremental` with `cursor` and `tie`"


def _too_weak_for_ties(spec: ObjectSpec) -> bool:
    return spec.filter is None or spec.filter.style not in EXPRESSIVE


def _incremental(incremental: Incremental, spec: ObjectSpec) -> Iterator[Fault]:
    mode, cursor = incremental.mode, incremental.cursor
    if mode in {"filter", "window"} and not cursor:
        yield "/cursor", f"the mode {mode} needs `cursor`, the field that tells what changed"
    if mode in {"filter", "window"} and spec.filter is None:
        yield "/mode", f"the mode {mode} needs the object's `filter`"
    if mode == "window" and isinstance(cursor, list):
        yield "/cursor", "a window looks at one field"
    if isinstance(cursor, list) and len(cursor) > 1 and _too_weak_for_ties(spec):
        yield "/cursor", "several cursor fields need a `filter` of style domain, odata or sql"
    if mode == "events" and not (incremental.path and incremental.ref):
        yield "/path", "the mode events needs `path` and `ref`, the place of the record's id"


def _filter(filters: Filter) -> Iterator[Fault]:
    if filters.style != "params" and not filters.param:
        yield "/param", f"the style {filters.style} needs the name of its parameter"
    if "{filter}" not in filters.template:
        yield "/template", "the template must contain {filter}"
    if filters.template != "{filter}" and not filters.everything:
        yield "/everything", "say the condition that every record meets, for an empty filter"


def actions(write: WriteSpec | None) -> dict[str, Action]:
    """Every way to write, by name, in its long form."""
    if write is None:
        return {}
    found = {"create": write.create, "update": write.update, "upsert": write.upsert}
    named = {**found, **write.actions}
    return {
        name: action if isinstance(action, Action) else Action(call=action)
        for name, action in named.items()
        if action is not None
    }


def _write(write: WriteSpec) -> Iterator[Fault]:
    holders: dict[str, WriteSpec | Action] = {"": write}
    holders |= {f"/{name}": action for name, action in actions(write).items()}
    for at, holder in holders.items():
        proof = holder.idempotency
        if proof is not None and not (proof.header or proof.query):
            yield f"{at}/idempotency", "name the `header` or the `query` that carries the key"
        lookup = holder.lookup
        if isinstance(holder, Action) and holder.answer == "lookup" and not lookup:
            yield f"{at}/answer", "`answer: lookup` needs the action's own `lookup`"
        if isinstance(lookup, str) and not re.fullmatch(r"[^=]+=\{(key|reference)\}", lookup):
            yield f"{at}/lookup", "write it as `field={reference}`, or in its long form"
        if isinstance(lookup, Lookup) and not (lookup.match or lookup.field):
            yield f"{at}/lookup", "say `match`, the place where our reference or the effect shows"
    for name in ("create", "update", "upsert"):
        if name in write.actions:
            yield f"/actions/{name}", f"write `{name}` beside `actions`, not inside"
