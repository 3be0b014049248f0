"""The sample firm's registry: YAML files beside this module, as items of change requests."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

HERE = Path(__file__).parent / "registry"
FOUNDATION = ("1-ownership", "2-catalogue", "3-promises", "4-flows")
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


@dataclass(frozen=True)
class Proposal:
    """A change request that waits for the architect."""

    title: str
    description: str
    items: list[Item]


def people() -> list[Person]:
    return [Person(**row) for row in _read("people")]


def foundation(addresses: dict[str, str]) -> list[Item]:
    """Everything of the firm's first day; `addresses` are the base URLs by connection."""
    rows = [row for name in FOUNDATION for row in _read(name)]
    return [_item(row, addresses) for row in rows]


def specifications() -> list[bytes]:
    """The OpenAPI documents that API versions name by their digest."""
    names = [path.stem for path in (HERE / "specifications").glob("*.yaml")]
    return [specification(name) for name in sorted(names)]


def specification(name: str) -> bytes:
    return (HERE / "specifications" / f"{name}.yaml").read_bytes()


def proposals() -> list[Proposal]:
    """The next versions that somebody has proposed since."""
    active = {(item["kind"], _name(item)): item["document"] for item in foundation({})}
    return [
        Proposal(
            row["title"],
            row["description"],
            [_changed(active, change) for change in row["changes"]],
        )
        for row in _read("5-proposals")
    ]


def _changed(active: dict[tuple[str, str], Item], change: dict[str, Any]) -> Item:
    """`of` with the values that `set` names by dotted path."""
    kind, _, name = change["of"].partition("/")
    document = deepcopy(active[kind, name])
    for path, value in change["set"].items():
        *steps, last = path.split(".")
        node: Any = document
        for step in steps:
            node = node[int(step) if step.isdigit() else step]
        node[int(last) if last.isdigit() else last] = value
    return {"kind": kind, "document": document}


def _name(item: Item) -> str:
    document = item["document"]
    if item["kind"] == "data_contract_version":
        return f"{document['contract']}@{document['version']}"
    return str(document.get("slug", ""))


def _item(row: dict[str, Any], addresses: dict[str, str]) -> Item:
    [(kind, document)] = row.items()
    if kind == "connector":
        name = document.pop("text_of")
        document["text"] = (HERE / "connectors" / f"{name}.yaml").read_text()
    if kind == "api_version":
        content = specification(document.pop("specification_of"))
        document["specification"] = hashlib.sha256(content).hexdigest()
    if kind == "connection":
        document["base_url"] = addresses.get(document["slug"], document["base_url"])
    return {"kind": kind, "document": document}


def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(HERE / f"{name}.yaml")
    return rows
