"""Canonical JSON (RFC 8785) and its SHA-256: the one way in which anything here is hashed."""

import hashlib
from decimal import Decimal
from typing import Any

import rfc8785

MAX_EXACT = 2**53 - 1
"""RFC 8785 numbers are IEEE doubles: integers beyond this are written as strings."""


def plain(value: Any) -> Any:
    """The same value with Decimals and unsafe integers as decimal strings."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_EXACT:
        return str(value)
    return value


def encode(value: Any) -> bytes:
    """Canonical bytes of a JSON value."""
    return rfc8785.dumps(plain(value))


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, 64 hex digits."""
    return hashlib.sha256(encode(value)).hexdigest()
