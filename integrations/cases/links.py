"""Where a person finds a record in its author system. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote


def author_link(document: Mapping[str, Any], *, key: str) -> str:
    """The description's `web` template of the object (or of the whole), filled; '' if none."""
    source = document["source"]
    description = source.get("connector") or {}
    described = (description.get("objects") or {}).get(source.get("object", "")) or {}
    template = described.get("web") or description.get("web") or ""
    values = {"base_url": source.get("base_url", ""), "id": quote(key, safe="")}
    values |= {name: str(value) for name, value in (source.get("variables") or {}).items()}
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template if template.startswith(("https://", "http://")) else ""
