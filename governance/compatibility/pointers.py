"""JSON Pointers (RFC 6901)."""

from typing import Any
from urllib.parse import unquote


def escape(token: str | int) -> str:
    return str(token).replace("~", "~0").replace("/", "~1")


def join(base: str, *tokens: str | int) -> str:
    return base + "".join(f"/{escape(token)}" for token in tokens)


def split(pointer: str) -> list[str]:
    """Tokens of a pointer; the empty pointer has none."""
    if not pointer:
        return []
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")]


def from_fragment(fragment: str) -> str:
    """The pointer that a URI fragment such as `/%24defs/a` spells."""
    return unquote(fragment)


def find(document: Any, pointer: str) -> Any:
    """The value at a pointer; LookupError if there is none."""
    value = document
    for token in split(pointer):
        if isinstance(value, dict):
            value = value[token]
        elif isinstance(value, list) and token.isdecimal():
            value = value[int(token)]
        else:
            raise LookupError(pointer)
    return value
