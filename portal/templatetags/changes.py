"""How documents and their differences read in one line."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django import template

from governance import canonical

register = template.Library()
SHORT = 100
"""Longer values are laid out over several lines."""


@register.filter
def form_of(forms: Mapping[str, Any], name: str) -> Any:
    """The entry of that name, or None."""
    return forms.get(name)


@register.filter
def brief(value: Any) -> str:
    """JSON in one line where it fits, else indented; a bare text without quotes."""
    if isinstance(value, str):
        return value
    raw = msgspec.json.encode(canonical.plain(value))
    return msgspec.json.format(raw, indent=-1 if len(raw) < SHORT else 2).decode()


@register.filter
def place(pointer: str) -> str:
    """`/schema/properties/amount` as `schema / properties / amount`."""
    return pointer.strip("/").replace("/", " / ") or "the whole document"
