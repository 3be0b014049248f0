"""Plain data as frozen structures, safe for threads.

msgspec keeps what it knows of a type from the first use on, and another thread that comes while it
is still being filled crashes the whole process. So each type is filled under a lock first.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_filling = threading.Lock()
_filled: set[type[Any]] = set()


def convert(value: Any, kind: type[T]) -> T:
    """Raises msgspec.ValidationError."""
    if kind not in _filled:
        with _filling:
            msgspec.json.Decoder(kind)
            _filled.add(kind)
    return msgspec.convert(value, kind)
