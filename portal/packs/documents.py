"""Packs: folders of YAML beside this module, as items of a change request. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

HERE = Path(__file__).parent
DRAFT = "https://json-schema.org/draft/2020-12/schema"
Item = dict[str, Any]
Data = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """What a firm decides when it takes a pack over."""

    effective_from: str
    """First day of the authority that it brings, ISO 8601."""
    systems: Mapping[str, str] = field(default_factory=dict)
    """Part that a system plays (`crm`) → the firm's own slug; the part's name where not said."""
    domains: Mapping[str, str] = field(default_factory=dict)
    """Domain of the pack → the firm's own slug."""
    time_zone: str = "UTC"
    """Of its business calendar."""

    def system(self, part: str) -> str:
        return self.systems.get(part, part)

    def domain(self, name: str) -> str:
        return self.domains.get(name, name)


@dataclass(frozen=True)
class Seats:
    """User names of those who own the domains that a pack brings."""

    owners: Sequence[str]
    stewards: Sequence[str] = ()
    finance_owners: Sequence[str] = ()

    def grants(self) -> Iterator[tuple[str, str]]:
        """(person, role) without which a seat could not be used."""
        held = {"architect": self.owners, "steward": self.stewards}
        for role, people in {**held, "finance_leader": self.finance_owners}.items():
            yield from ((person, role) for person in people)


def names() -> list[str]:
    """The packs that ship with the product."""
    return sorted(path.parent.name for path in HERE.glob("*/pack.yaml"))


def title(pack: str) -> str:
    """What a pack calls itself."""
    return str(_read(pack)["name"])


def description(pack: str) -> str:
    return str(_read(pack)["description"])


def ground(pack: str, choice: Choice, seats: Seats) -> list[Item]:
    """Domains, roles in them and systems: what the rest stands on in a firm that has none."""
    told = _read(pack)
    domains = [
        _item(
            "domain",
            slug=choice.domain(slug),
            owners=list(seats.owners),
            stewards=list(seats.stewards),
            finance_owners=list(seats.finance_owners),
            **one,
        )
        for slug, one in told["domains"].items()
    ]
    systems = [
        _item(
            "system",
            slug=choice.system(part),
            kind=part,
            **{**one, "domain": choice.domain(one["domain"])},
        )
        for part, one in told["systems"].items()
    ]
    grants = [
        _item("role_grant", person=person, role=role, domain=choice.domain(slug))
        for slug in told["domains"]
        for person, role in seats.grants()
    ]
    return domains + grants + systems


def items(pack: str, choice: Choice) -> list[Item]:
    """Everything that a pack registers, in the firm's own words."""
    told = _read(pack)
    return [deepcopy(item) for read in PARTS for item in read(told, choice)]


def _entities(told: Data, choice: Choice) -> Iterator[Item]:
    for slug, one in told["entities"].items():
        groups = [
            {
                "slug": group,
                "name": group.capitalize(),
                "attributes": [
                    {"name": name, "meaning": meaning}
                    for name, meaning in _fields(told, group, fields).items()
                ],
            }
            for group, fields in one["groups"].items()
        ]
        yield _item(
            "entity",
            slug=slug,
            name=one["name"],
            domain=choice.domain(one["domain"]),
            description=one["description"],
            groups=groups,
        )


def _fields(told: Data, group: str, fields: dict[str, str]) -> dict[str, str]:
    return {**told["everywhere"].get(group, {}), **fields}


def _authorities(told: Data, choice: Choice) -> Iterator[Item]:
    for slug, one in told["entities"].items():
        for group in one["groups"]:
            part = one["authors"].get(group, one["authors"]["*"])
            yield _item(
                "authority",
                entity=slug,
                group=group,
                system=choice.system(part),
                domain=choice.domain(one["domain"]),
                effective_from=choice.effective_from,
            )


def _contracts(told: Data, choice: Choice) -> Iterator[Item]:
    for slug, one in told["contracts"].items():
        name = one.get("entity", slug)
        entity = told["entities"][name]
        domain = choice.domain(entity["domain"])
        yield _item(
            "data_contract",
            slug=slug,
            name=one["name"],
            domain=domain,
            entity=name,
            description=entity["description"],
        )
        yield _item(
            "data_contract_version",
            contract=slug,
            version=one.get("version", "1.0.0"),
            line=one.get("line", "1"),
            domain=domain,
            schema=_schema(one),
            fields=_meanings(told, entity, one),
            **({"sums": one["sums"]} if one.get("sums") else {}),
            sla={"settle_within": one.get("settle_within", "PT8H")},
        )


def _schema(contract: Data) -> Data:
    schema: Data = {
        "$schema": DRAFT,
        "type": "object",
        "additionalProperties": False,
        "required": contract["required"],
        "properties": contract["properties"],
    }
    return schema | ({"allOf": contract["rules"]} if contract.get("rules") else {})


def _meanings(told: Data, entity: Data, contract: Data) -> Data:
    """What a field means is what its attribute says, unless the contract says more."""
    said = {
        name: meaning
        for group, fields in entity["groups"].items()
        for name, meaning in _fields(told, group, fields).items()
    }
    return {
        name: {"meaning": said[name], **contract["fields"].get(name, {})}
        for name in contract["properties"]
    }


PLACED = {
    "value_maps": "value_map",
    "escalation_paths": "escalation_path",
    "business_calendars": "business_calendar",
    "fiscal_calendars": "fiscal_calendar",
    "processes": "process",
    "measures": "measure",
    "loss_tables": "loss_table",
}
"""Key of a pack → kind, for rows that are documents already but for their domain."""


def _documents(told: Data, choice: Choice) -> Iterator[Item]:
    for key, kind in PLACED.items():
        for slug, one in told.get(key, {}).items():
            own = {"domain": choice.domain(one["domain"])}
            if "time_zone" in one:
                own["time_zone"] = choice.time_zone
            yield _item(kind, slug=slug, **{**one, **own})


PARTS: tuple[Callable[[Data, Choice], Iterator[Item]], ...] = (
    _entities,
    _contracts,
    _authorities,
    _documents,
)


def _item(kind: str, /, **document: Any) -> Item:
    return {"kind": kind, "document": document}


@cache
def _read(pack: str) -> Data:
    """All files of a pack as one; a key may stand in one file only."""
    found: Data = {}
    for path in sorted((HERE / pack).glob("*.yaml")):
        told: Data = YAML(typ="safe", pure=True).load(path)
        if twice := set(found) & set(told):
            raise ValueError(f"{path.name}: {', '.join(twice)} stands in another file too")
        found |= told
    return found
