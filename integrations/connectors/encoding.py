"""Parameters and bodies as systems want them: base64url JSON, nested forms, filled templates."""

from __future__ import annotations

import base64
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import msgspec

from integrations.errors import NeedsAPerson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

VARIABLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
WHOLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}\Z")


def parameters(params: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    """As text for a query."""
    return [
        (name, coded(value, "json") if isinstance(value, list | dict) else plain(value))
        for name, value in params
    ]


def json_body(value: Any) -> bytes:
    """JSON of what conditions hold."""
    return msgspec.json.encode(value, enc_hook=str)


def coded(value: Any, encode: str) -> Any:
    """The value itself, its JSON, or the base64url of its JSON."""
    if encode == "none":
        return value
    raw = json_body(value)
    return raw.decode() if encode == "json" else base64.urlsafe_b64encode(raw).decode()


def plain(value: Any) -> str:
    """A scalar as text, without an exponent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def form(body: Mapping[str, Any]) -> bytes:
    """`{"items": [{"plan": "p"}]}` → `items[0][plan]=p`."""
    return urlencode([pair for key, value in body.items() for pair in _pairs(key, value)]).encode()


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _pairs(f"{name}[{key}]", item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            nested = isinstance(item, dict | list)
            yield from _pairs(f"{name}[{index}]" if nested else f"{name}[]", item)
    else:
        yield name, plain(value)


def filled(text: str, names: Mapping[str, Any], *, in_path: bool = False) -> str:
    """`/invoices/{id}` with its variables; one that is missing is refused before sending."""

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if names.get(name) in (None, ""):
            raise NeedsAPerson(f"the variable {name!r} of {text!r} has no value", klass="contract")
        raw = plain(names[name])
        return _segment(raw) if in_path else raw

    return VARIABLE.sub(value, text)


def _segment(raw: str) -> str:
    """One segment of a path: no id can climb out of it."""
    if raw in {".", ".."}:
        raise NeedsAPerson(f"{raw!r} is no id", klass="data")
    return quote(raw, safe="")


def template(shape: Any, names: Mapping[str, Any]) -> Any:
    """A JSON template: a text that is only `{name}` becomes that value, whatever its type."""
    if isinstance(shape, dict):
        return {key: template(item, names) for key, item in shape.items()}
    if isinstance(shape, list):
        return [template(item, names) for item in shape]
    if not isinstance(shape, str):
        return shape
    if (alone := WHOLE.match(shape)) and alone.group(1) in names:
        return names[alone.group(1)]
    return filled(shape, names) if VARIABLE.search(shape) else shape


def basic_value(text: str) -> str:
    """Base64 of a user and password, or of a session's parts."""
    return base64.b64encode(text.encode()).decode()
