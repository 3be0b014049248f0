"""Places by what stands there, not by its number in a list: they survive reordering."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from governance.compatibility import pointers
from governance.compatibility.findings import Finding, digest

LABELS = ("$ref", "name", "title", "property", "server", "role", "id", "url", "metric", "type")
"""What a thing in a list is known by, the surest first."""


def settled(found: Iterable[Finding], old: Any, new: Any) -> list[Finding]:
    """The findings with fingerprints that hold while other things come, go or move."""
    return [replace(finding, fingerprint=_print(finding, old, new)) for finding in found]


def _print(finding: Finding, old: Any, new: Any) -> str:
    root, pointer = (
        (new, finding.new_pointer) if finding.new_pointer else (old, finding.old_pointer)
    )
    return digest(finding.rule, canonical(root, pointer), finding.words)


def canonical(root: Any, pointer: str) -> str:
    """The pointer with labels instead of positions."""
    value, made = root, []
    for token in pointers.split(pointer):
        if isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            made.append(_label(value, int(token)))
            value = value[int(token)]
        else:
            made.append(token)
            value = value.get(token) if isinstance(value, dict) else None
    return "/".join(made)


def _label(items: list[Any], place: int) -> str:
    """The label of an item, and which of those with the same label it is."""
    mine = _key(items[place])
    return f"{mine} {sum(_key(item) == mine for item in items[:place])}"


def _key(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)[:200]
    word = next((key for key in LABELS if isinstance(item.get(key), str | list)), "")
    return f"{item.get('in', '')} {word}={item.get(word)}"
