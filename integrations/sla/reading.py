"""Canonical records read leniently: what can be read counts, whatever is wrong elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from governance.agreements.mapping import MappingError, compile_read, compile_rules
from governance.agreements.models import Agreement
from integrations.sla.telling import Told, compile_telling

Tell = Callable[[Any, dict[str, Any]], list[Told]]
"""(source record, corrections by field) → what it says of its process."""


@lru_cache(maxsize=64)
def _compiled(digest: str, pk: int) -> Tell | None:
    document = Agreement.objects.get(pk=pk).document
    if not document.get("milestones"):
        return None
    return compile_document(document)


def teller(agreement: Agreement) -> Tell | None:
    """None where the flow tells nothing."""
    return _compiled(agreement.digest, agreement.pk)


def compile_document(document: dict[str, Any]) -> Tell:
    """A record that the whole mapping reads is read at once, another one rule by rule."""
    spec, maps = document["mapping"]["read"], document.get("value_maps", {})
    read = compile_read(spec, maps)
    rules = [compile_rules([rule], maps) for rule in spec["rules"]]
    tell = compile_telling(document["milestones"])

    def told(source: Any, corrections: dict[str, Any]) -> list[Told]:
        if read.when is not None and not read.when(source):
            return []
        try:
            record = read.canonical(source)
        except MappingError:
            record = _piecewise(rules, source)
        return tell(record | corrections)

    return told


def _piecewise(rules: list[Callable[[Any], dict[str, Any]]], source: Any) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for rule in rules:
        try:
            record |= rule(source)
        except MappingError:
            continue
    return record
