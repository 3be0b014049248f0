"""What Meridian Consulting agreed on its first day: the canonical pack, and the YAML of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from portal.packs import documents as packs

HERE = Path(__file__).parent / "meridian"
PACK = "canonical"
CHOICE = packs.Choice(effective_from="2025-01-01")
OWN = ("1-ownership", "2-systems", "3-calendars", "3-maps", "4-crm", "5-psa", "6-billing", "7-erp")
PROPOSED = "8-proposals"
Item = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Someone with an account; `does` is what the sign-in page says of them."""

    username: str
    first: str
    last: str
    zone: str
    does: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        """Of a name that nobody can register."""
        return f"{self.username}@meridian.example"


@dataclass(frozen=True)
class Proposal:
    """A change request that waits for the architect."""

    title: str
    description: str
    items: list[Item]


def people() -> list[Person]:
    return [Person(**row) for row in _read("people")]


def foundation(addresses: Mapping[str, str]) -> list[Item]:
    """Everything of the firm's first day; `addresses` are the base URLs by connection."""
    own = [_item(row, addresses) for name in OWN for row in _read(name)]
    return [*own, *packs.items(PACK, CHOICE)]


def specifications() -> list[bytes]:
    """The OpenAPI documents that API versions name by their digest."""
    names = [path.stem for path in (HERE / "specifications").glob("*.yaml")]
    return [specification(name) for name in sorted(names)]


def specification(name: str) -> bytes:
    return (HERE / "specifications" / f"{name}.yaml").read_bytes()


def proposals() -> list[Proposal]:
    """What somebody has proposed since."""
    active = {(item["kind"], _name(item)): item["document"] for item in foundation({})}
    return [
        Proposal(
            row["title"],
            row["description"],
            [_changed(active, change) for change in row["changes"]],
        )
        for row in _read(PROPOSED)
    ]


def _changed(active: dict[tuple[str, str], Item], change: dict[str, Any]) -> Item:
    """`of` with the values that `set` names by path."""
    kind, _, name = change["of"].partition("/")
    document = deepcopy(active[kind, name])
    for path, value in change["set"].items():
        *steps, last = path.split(".")
        node: Any = document
        for step in steps:
            node = node[_key(node, step)]
        node[_key(node, last)] = value
    return _item({kind: document}, {})


def _key(node: Any, step: str) -> str | int:
    """`fields.amount`, `effects.0`, or `rules.to:amount` for the element that says so."""
    if not isinstance(node, list):
        return step
    if step.isdigit():
        return int(step)
    name, _, value = step.partition(":")
    return next(place for place, one in enumerate(node) if one[name] == value)


def _name(item: Item) -> str:
    document = item["document"]
    parent = {"data_contract_version": "contract", "api_version": "api"}.get(item["kind"])
    if parent:
        return f"{document[parent]}@{document['version']}"
    return str(document.get("slug", ""))


def _item(row: dict[str, Any], addresses: Mapping[str, str]) -> Item:
    [(kind, document)] = row.items()
    if name := document.pop("text_of", ""):
        document["text"] = (HERE / "connectors" / f"{name}.yaml").read_text()
    if name := document.pop("specification_of", ""):
        document["specification"] = hashlib.sha256(specification(name)).hexdigest()
    if kind == "connection":
        document["base_url"] = addresses.get(document["slug"], document["base_url"])
    return {"kind": kind, "document": document}


def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(HERE / f"{name}.yaml")
    return rows
