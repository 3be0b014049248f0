"""Which acts on a case need a second person: those that touch money, tax, party, date or rate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

SENSITIVE = frozenset({"money", "tax", "party", "date", "rate"})
WORTH = frozenset({"money", "tax"})

Document = Mapping[str, Any]


def kind(document: Document, pointer: str) -> str:
    """What the data contract says the field at this JSON Pointer is; '' for nothing special."""
    fields: Mapping[str, Any] = document.get("contract", {}).get("fields", {})
    name = pointer.strip("/").split("/")[0]
    return str((fields.get(name) or {}).get("kind", ""))


def sensitive(document: Document, pointers: Iterable[str]) -> list[str]:
    """The pointers whose correction a second person signs."""
    return [pointer for pointer in pointers if kind(document, pointer) in SENSITIVE]


def dismissal_needs_two(document: Document, *, amount_minor: int | None, pointer: str) -> bool:
    """Dismissing money, or what may be money because nobody could read its amount."""
    if amount_minor is not None:
        return amount_minor != 0 or bool(sensitive(document, [pointer]))
    fields: Mapping[str, Any] = document.get("contract", {}).get("fields", {})
    carries = any((meaning or {}).get("kind") in WORTH for meaning in fields.values())
    return carries or bool(document.get("amount"))


def match_needs_two(document: Document, *, amount_minor: int | None, entity: str) -> bool:
    """Saying which record it is there, where money hangs on it or it is a party or the like."""
    fields = {spec["key"] for spec in _references(document) if spec.get("entity") == entity}
    named = bool(sensitive(document, sorted(fields)))
    return named or dismissal_needs_two(document, amount_minor=amount_minor, pointer="")


def _references(document: Document) -> Iterator[Mapping[str, Any]]:
    """Every `{entity, key}` by which an effect of the mapping refers to another record."""
    for effect in document["mapping"]["effects"]:
        yield from effect.get("needs", ())
        for rule in (*effect.get("body", ()), *effect.get("path", ())):
            if rule.get("crossref"):
                yield rule["crossref"]
