"""Which fields of a promise our flows really read or write: whom a finding reaches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from governance.agreements.rules import walk
from governance.flows.models import Flow
from governance.ownership.lifecycle import Status

if TYPE_CHECKING:
    from governance.approvals.subjects import Item

TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
QUOTED = re.compile(r"'[^']*'")
PROPERTIES = ("properties", "fields")


@dataclass(frozen=True, slots=True)
class Use:
    """One flow and the fields of the item that it reads or writes."""

    flow: str
    name: str
    fields: frozenset[str]


def uses(items: Iterable[Item]) -> dict[str, list[Use]]:
    """Slug of an API version or data contract version → the active flows that rely on it."""
    flows = list(Flow.objects.filter(status=Status.ACTIVE).select_related("mapping").order_by("pk"))
    found: dict[str, list[Use]] = {}
    for item in items:
        if read := FIELDS.get(item.kind):
            made = [Use(one.slug, one.name, read(one, item.document)) for one in flows]
            found[item.slug] = [one for one in made if one.fields]
    return found


def reached(pointers: Iterable[str], known: Iterable[Use]) -> list[dict[str, str]]:
    """`{flow, name, field}` for every flow that uses a field standing in one of the places."""
    names = {name for pointer in pointers for name in fields_of(pointer)}
    return [
        {"flow": one.flow, "name": one.name, "field": field}
        for one in known
        for field in sorted(names & one.fields)
    ]


def fields_of(pointer: str) -> list[str]:
    """Names of properties on the way of a JSON Pointer."""
    steps = pointer.split("/")
    return [name for step, name in pairwise(steps) if step in PROPERTIES]


def _of_contract(flow: Flow, document: dict[str, Any]) -> frozenset[str]:
    """Canonical fields: written by the mapping's rules, read by its effects and by the flow."""
    if flow.document["contract"].partition("@")[0] != document["contract"]:
        return frozenset()
    mapping = flow.mapping.document
    written = {name for _, rule in walk(mapping["read"]["rules"]) for name in _tokens(rule["to"])}
    read = {name for effect in mapping["effects"] for name in _tokens(*_expressions(effect))}
    own = {key: flow.document.get(key) for key in TOLD}
    return frozenset(written | read | set(_tokens(*_texts(own))))


def _of_api(flow: Flow, document: dict[str, Any]) -> frozenset[str]:
    """Fields of the vendor: read from a source, written to a target."""
    mapping, found = flow.mapping.document, set()
    if _api(flow, "source") == document["api"]:
        found |= set(_tokens(*_expressions(mapping["read"])))
    if _api(flow, "target") == document["api"]:
        for effect in mapping["effects"]:
            rules = [*effect.get("body", []), *effect.get("path", [])]
            found |= {name for _, rule in walk(rules) for name in _tokens(rule["to"])}
    return frozenset(found)


def _api(flow: Flow, side: str) -> str:
    return str(flow.document.get(side, {}).get("api", "")).partition("@")[0]


TOLD = ("amount", "business_key", "lane", "scope", "milestones", "controls", "reconciliations")
"""Parts of a flow whose expressions read the canonical record."""

FIELDS = {"data_contract_version": _of_contract, "api_version": _of_api}


def _expressions(part: Mapping[str, Any]) -> Iterator[str]:
    """Every text below a part of a mapping that is read as JMESPath."""
    for key, value in part.items():
        if key in {"from", "each", "when", "key", "business_key", "reference", "saves_key"}:
            yield str(value)
        elif isinstance(value, Mapping):
            yield from _expressions(value)
        elif isinstance(value, list):
            for one in value:
                yield from _expressions(one) if isinstance(one, Mapping) else ()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def _tokens(*texts: str) -> Iterator[str]:
    for text in texts:
        yield from TOKEN.findall(QUOTED.sub("", text))
