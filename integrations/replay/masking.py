"""What a sample must not show: personal fields, by the groups in which they stand. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

MASK = "•••"
PERSONAL = "personal"
OPEN_KINDS = frozenset({"money", "tax", "date", "rate"})
"""Fields of these kinds are shown even where they share a group with a person."""

SHORTEST = 3
"""Shorter texts stand in too many places to be looked for."""


def masked_fields(agreement: Mapping[str, Any]) -> frozenset[str]:
    """Top-level fields of the canonical record that are hidden: whoever shares a group with a
    personal field is hidden with it, unless it is money, tax, a rate or a date."""
    meanings = agreement["contract"].get("fields", {})
    personal = {name for name, one in meanings.items() if one.get("classification") == PERSONAL}
    beside = {
        name
        for group in agreement["entity"]["groups"]
        if personal & set(group["attributes"])
        for name in group["attributes"]
        if meanings.get(name, {}).get("kind", "") not in OPEN_KINDS
    }
    return frozenset(personal | beside)


def secrets(record: Mapping[str, Any], fields: Iterable[str]) -> list[str]:
    """Texts of the hidden fields, longest first, so that they are found elsewhere too."""
    found = {text for name in fields for text in _texts(record.get(name))}
    return sorted((one for one in found if len(one) >= SHORTEST), key=lambda one: (-len(one), one))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def masked(text: str, hidden: Iterable[str]) -> str:
    """The text without any of the hidden ones."""
    for one in hidden:
        text = text.replace(one, MASK)
    return text
