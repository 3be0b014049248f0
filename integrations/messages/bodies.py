"""Bodies as bytes: one encoding, one digest, compressed at rest. Pure."""

from __future__ import annotations

import hashlib
import zlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from datetime import date, datetime

LIMIT = 16 * 1024 * 1024
"""Bytes; a larger record is poison."""
LEVEL = 1
UNREADABLE = "$unreadable"
"""Marks the stand-in for a body that could not be kept; its value says why."""

_encoder = msgspec.json.Encoder(order="deterministic", decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


class Unkept(ValueError):
    """The value cannot be kept as JSON; the text says why."""


def encode(value: Any) -> bytes:
    """JSON with sorted keys and exact fractions. Raises Unkept."""
    try:
        raw = _encoder.encode(value)
    except (TypeError, ValueError, RecursionError, OverflowError) as error:
        raise Unkept(f"the record is no JSON: {str(error)[:200]}") from error
    if len(raw) > LIMIT:
        raise Unkept(f"the record has {len(raw):,} bytes; the limit is {LIMIT:,}")
    return raw


def decode(raw: bytes) -> Any:
    """The value, fractions as Decimal. Raises Unkept."""
    try:
        return _decoder.decode(raw)
    except (ValueError, RecursionError) as error:
        raise Unkept(f"the stored body is no JSON: {str(error)[:200]}") from error


def digest(raw: bytes) -> str:
    """SHA-256, 64 hex digits."""
    return hashlib.sha256(raw).hexdigest()


def pack(raw: bytes) -> bytes:
    """As kept in `Payload.body`."""
    return zlib.compress(raw, LEVEL)


def opened(body: bytes | memoryview) -> bytes:
    """What `pack` kept. Raises Unkept."""
    try:
        return zlib.decompressobj().decompress(bytes(body), LIMIT + 1)
    except zlib.error as error:
        raise Unkept(f"the stored body is damaged: {error}") from error


def unpack(body: bytes | memoryview) -> Any:
    """The same, decoded. Raises Unkept."""
    return decode(opened(body))


def stand_in(why: str) -> bytes:
    """What is kept in place of a body that cannot be."""
    return _encoder.encode({UNREADABLE: why})


def month_of(moment: datetime) -> date:
    """The first of the month: where bodies and closed attempts are filed."""
    return moment.date().replace(day=1)


def short(text: str, length: int) -> str:
    """Fits a column and stays unique: a longer text ends in the digest of the whole."""
    clean = text.replace("\x00", "�")
    if len(clean) <= length and clean == text:
        return text
    return f"{clean[: length - 17]}~{digest(text.encode('utf-8', 'replace'))[:16]}"
