"""Canonical records read leniently: what can be read counts, whatever is wrong elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from governance.agreements.mapping import MappingError, compile_read, compile_rules

Canonical = Callable[[Any], dict[str, Any] | None]
"""Source record → canonical record; None where the flow leaves the record out."""


def lenient(document: dict[str, Any]) -> Canonical:
    """A record that the whole mapping reads is read at once, another one rule by rule."""
    spec, maps = document["mapping"]["read"], document.get("value_maps", {})
    read = compile_read(spec, maps)
    rules = [compile_rules([rule], maps) for rule in spec["rules"]]

    def canonical(source: Any) -> dict[str, Any] | None:
        if read.when is not None and not read.when(source):
            return None
        try:
            return read.canonical(source)
        except MappingError:
            return _piecewise(rules, source)

    return canonical


def _piecewise(rules: list[Callable[[Any], dict[str, Any]]], source: Any) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for rule in rules:
        try:
            record |= rule(source)
        except MappingError:
            continue
    return record
