"""JSON that arrives: bounded in size and depth, no duplicate keys, no NaN, no lone surrogates."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")


class TooLarge(ParseError):
    """The body has more bytes than are read."""

    status_code = 413
    default_code = "too_large"


class StrictJSONParser(BaseParser):
    """`application/json`, `application/cloudevents+json` and any other `+json`."""

    media_type = "application/json"
    fractions: type[float] | type[Decimal] = float

    def parse(self, stream: Any, media_type: str | None = None, context: Any = None) -> Any:
        """The body's value. Raises ParseError or TooLarge."""
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise TooLarge(f"a body may have {MAX_BYTES} bytes; split it")
        return decode(body, fractions=self.fractions)


class EventParser(StrictJSONParser):
    """One CloudEvent; fractions stay exact."""

    media_type = "application/cloudevents+json"
    fractions = Decimal


class EventBatchParser(EventParser):
    """A batch of CloudEvents."""

    media_type = "application/cloudevents-batch+json"


def decode(body: bytes, *, fractions: type[float] | type[Decimal] = float) -> Any:
    """The JSON value of `body`; every refusal says what is wrong."""
    _refuse_depth(body)
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_refuse_constant,
            parse_float=fractions,
        )
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(f"the body is no UTF-8 at byte {error.start}") from error
    except UnicodeEncodeError as error:
        raise ParseError("a text holds half of a surrogate pair") from error
    except (ValueError, RecursionError) as error:
        raise ParseError(f"the body is no JSON: {error}") from error
    return value


def _refuse_depth(body: bytes) -> None:
    depth = 0
    for found in _BRACKETS.finditer(_STRINGS.sub(b"", body)):
        depth += 1 if found[0] in b"[{" else -1
        if depth > MAX_DEPTH:
            raise ParseError(f"the body nests deeper than {MAX_DEPTH}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {double!r} stands twice in one object")
    return result


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")
