"""Which governed things a document names. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from governance.agreements.rules import walk

NAMED = {
    "team": {"domain": "domain"},
    "role_grant": {"domain": "domain"},
    "escalation_path": {"domain": "domain"},
    "business_calendar": {"domain": "domain"},
    "fiscal_calendar": {"domain": "domain"},
    "system": {"domain": "domain"},
    "connector": {"domain": "domain", "system": "system"},
    "connection": {"domain": "domain", "system": "system", "connector": "connector"},
    "entity": {"domain": "domain"},
    "api": {"domain": "domain", "system": "system"},
    "api_version": {"domain": "domain", "api": "api"},
    "data_contract": {"domain": "domain", "entity": "entity"},
    "data_contract_version": {"domain": "domain", "contract": "data_contract"},
    "authority": {"domain": "domain", "entity": "entity", "system": "system"},
    "fx_source": {"domain": "domain"},
    "loss_table": {"domain": "domain"},
    "process": {"domain": "domain"},
    "measure": {"domain": "domain", "process": "process"},
    "value_map": {"domain": "domain"},
    "mapping": {"domain": "domain", "entity": "entity"},
    "flow": {
        "domain": "domain",
        "entity": "entity",
        "mapping": "mapping",
        "escalation_path": "escalation_path",
        "team": "team",
        "calendar": "business_calendar",
    },
}
"""Kind → key of its document → kind of what that key names."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`pointer` is below the document."""

    pointer: str
    kind: str
    slug: str


def references(kind: str, document: dict[str, Any]) -> list[Reference]:
    """Everything that has to be active, or to become so together with the document."""
    found = [
        Reference(f"/{key}", named, document[key])
        for key, named in NAMED.get(kind, {}).items()
        if document.get(key)
    ]
    if kind == "flow":
        found += _of_flow(document)
    if kind == "mapping":
        found += _of_mapping(document)
    if kind == "escalation_path":
        found += _of_path(document)
    return found


def _of_flow(document: dict[str, Any]) -> Iterator[Reference]:
    yield Reference("/contract", "data_contract", document["contract"].partition("@")[0])
    for side in ("source", "target"):
        yield Reference(f"/{side}/connection", "connection", document[side]["connection"])
        if api := document[side].get("api"):
            yield Reference(f"/{side}/api", "api_version", api)
    for number, told in enumerate(document.get("milestones", [])):
        yield Reference(f"/milestones/{number}/process", "process", told["process"])
    for number, one in enumerate(document.get("reconciles", [])):
        yield Reference(f"/reconciles/{number}/with", "flow", one["with"])


def _of_path(document: dict[str, Any]) -> Iterator[Reference]:
    told = {"team": "team", "webhook": "connection"}
    for number, step in enumerate(document["steps"]):
        kind, _, name = step["to"].partition(":")
        if kind in told:
            yield Reference(f"/steps/{number}/to", told[kind], name)


def _of_mapping(document: dict[str, Any]) -> Iterator[Reference]:
    if known := document["read"].get("known_as"):
        yield Reference("/read/known_as/entity", "entity", known["entity"])
    places = [("/read/rules", document["read"]["rules"])]
    for number, effect in enumerate(document["effects"]):
        places.append((f"/effects/{number}/body", effect.get("body", [])))
        places.append((f"/effects/{number}/path", effect.get("path", [])))
    for place, rules in places:
        for pointer, one in walk(rules, place):
            if one.get("value_map"):
                yield Reference(f"{pointer}/value_map", "value_map", one["value_map"])
