"""What a record that could not be planned is about and worth, as far as it can be read. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from governance.agreements.mapping import MappingError, compile_expression, compile_rules
from governance.agreements.transforms import TransformRefused, digits_of, exact, minor_units

ABOUT: dict[str, tuple[str, ...]] = {
    "customer": ("customer_id", "customer"),
    "project": ("project_id", "project"),
    "region": ("region",),
    "legal_entity": ("legal_entity_id", "legal_entity"),
}
"""What a record is about → the canonical fields that tell it where no milestone says."""
_HEAD = re.compile(r"^\w+")


@dataclass(frozen=True, slots=True)
class Worth:
    """Empty where the record does not tell."""

    business_key: str = ""
    amount_minor: int | None = None
    currency: str = ""
    customer: str = ""
    project: str = ""
    region: str = ""
    legal_entity: str = ""


def reader(document: Mapping[str, Any]) -> Callable[[Any], Worth]:
    """Reads only the fields that business key and amount need, so that others may be broken."""
    amount = document.get("amount") or {}
    key = document.get("business_key") or "id"
    value, currency = amount.get("value", ""), amount.get("currency", "")
    about = _about(document)
    rules = _rules(document, [key, value, currency, *about.values()])

    def worth(source: Any) -> Worth:
        record: dict[str, Any] = {}
        for rule in rules:
            try:
                record |= rule(source)
            except (MappingError, ArithmeticError, ValueError, TypeError):
                continue
        code = str(_told(currency, record) or "")[:3]
        told = {name: str(_told(text, record) or "")[:60] for name, text in about.items()}
        named = str(_told(key, record) or "")[:200]
        return Worth(named, _minor(_told(value, record), code), code, **told)

    return worth


def _about(document: Mapping[str, Any]) -> dict[str, str]:
    """Customer, project and the like → the expression that reads it."""
    read = {rule["to"] for rule in document["mapping"]["read"]["rules"]}
    entity = document.get("flow", {}).get("entity", "")
    found = {entity: "id"} if entity in ABOUT else {}
    for name, fields in ABOUT.items():
        if field := next((one for one in fields if one in read), ""):
            found.setdefault(name, field)
    for milestone in document.get("milestones", ()):
        said = milestone.get("attributes", {})
        found |= {name: said[name] for name in ABOUT if said.get(name)}
    return found


def _rules(document: Mapping[str, Any], texts: list[str]) -> list[Callable[[Any], dict[str, Any]]]:
    """The reading rules of the fields that these expressions begin with, each on its own."""
    heads = {found[0] for text in texts if (found := _HEAD.match(text))}
    value_maps = document.get("value_maps", {})
    made = []
    for rule in document["mapping"]["read"]["rules"]:
        if (found := _HEAD.match(rule["to"])) and found[0] in heads:
            try:
                made.append(compile_rules([rule], value_maps))
            except MappingError:
                continue
    return made


def _told(text: str, record: dict[str, Any]) -> Any:
    try:
        return compile_expression(text)(record) if text else None
    except MappingError:
        return None


def _minor(value: Any, currency: str) -> int | None:
    try:
        return minor_units(exact(value), digits_of(currency)) if currency else None
    except TransformRefused:
        return None
