"""Mappings compiled to closures: source record → canonical record → planned writes. Pure.

The input is the plain JSON of an agreement (shapes in `governance.flows.documents`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from governance.agreements.expressions import MappingError, Read, compile_expression
from governance.agreements.rules import CROSSREF, ValueMaps, compile_rules

__all__ = [
    "CROSSREF",
    "CompiledEffect",
    "CompiledRead",
    "MappingError",
    "Read",
    "compile_effect",
    "compile_expression",
    "compile_read",
    "compile_rules",
]


@dataclass(frozen=True, slots=True)
class CompiledRead:
    """`when` falsy: the record is not ours. `canonical` raises MappingError."""

    when: Read | None
    canonical: Callable[[Any], dict[str, Any]]
    known_as: tuple[str, Read] | None = None
    """Entity, and how its canonical id is read from the canonical record."""


@dataclass(frozen=True, slots=True)
class CompiledEffect:
    """One effect; every callable takes the canonical record."""

    kind: str
    object: str
    action: str
    once: bool
    saves: str
    when: Read | None
    business_key: Read
    reference: Read
    saves_key: Read
    body: Callable[[Any], dict[str, Any]]
    path: Callable[[Any], dict[str, Any]]
    needs: Callable[[Any], list[dict[str, Any]]]
    """Cross-references that have to be known before the effect is sent."""


def compile_read(read: dict[str, Any], value_maps: ValueMaps) -> CompiledRead:
    """The reading half; a canonical record without `id` cannot be ordered or referred to."""
    if not any(rule["to"] == "id" for rule in read["rules"]):
        raise MappingError("no rule gives `id`, the canonical id of the record", pointer="id")
    return CompiledRead(
        when=_optional(read.get("when", ""), "when"),
        canonical=compile_rules(read["rules"], value_maps),
        known_as=_known_as(read.get("known_as")),
    )


def _known_as(spec: dict[str, Any] | None) -> tuple[str, Read] | None:
    if not spec:
        return None
    return spec["entity"], compile_expression(spec.get("key", "id"), pointer="known_as.key")


def compile_effect(effect: dict[str, Any], value_maps: ValueMaps) -> CompiledEffect:
    """The writing half."""
    key = compile_expression(effect.get("business_key") or "id", pointer="business_key")
    return CompiledEffect(
        kind=effect["kind"],
        object=effect["object"],
        action=effect.get("action", "create"),
        once=effect.get("revision", "version") == "once",
        saves=effect.get("saves", ""),
        when=_optional(effect.get("when", ""), "when"),
        business_key=key,
        reference=_optional(effect.get("reference", ""), "reference") or key,
        saves_key=_optional(effect.get("saves_key", ""), "saves_key") or key,
        body=compile_rules(effect.get("body", []), value_maps),
        path=compile_rules(effect.get("path", []), value_maps),
        needs=_needs(effect.get("needs", [])),
    )


def _needs(specs: list[dict[str, Any]]) -> Callable[[Any], list[dict[str, Any]]]:
    reads = [
        (spec, compile_expression(spec["key"], pointer=f"needs[{number}]"))
        for number, spec in enumerate(specs)
    ]

    def needs(record: Any) -> list[dict[str, Any]]:
        return [
            {CROSSREF: {"entity": spec["entity"], "key": key, "system": spec.get("system", "")}}
            for spec, read in reads
            for key in _keys(read(record))
        ]

    return needs


def _keys(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [str(one) for one in found if one is not None]


def _optional(text: str, pointer: str) -> Read | None:
    return compile_expression(text, pointer=pointer) if text else None
