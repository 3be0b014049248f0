"""When to try again: exponential with full jitter, after what the other system asks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

LIMIT, BASE, CAP, PATIENCE = 8, 2.0, 600.0, 14_400.0


def limit(retry: Mapping[str, Any]) -> int:
    """How many tries the agreement allows."""
    return int(retry.get("limit", LIMIT))


def patience(retry: Mapping[str, Any]) -> timedelta:
    """How long an effect waits for a record that it refers to before a person is asked."""
    return timedelta(seconds=float(retry.get("patience_seconds", PATIENCE)))


def retry_at(
    retry: Mapping[str, Any],
    *,
    tries: int,
    after_seconds: float | None,
    spread: float,
    now: datetime,
) -> datetime:
    """`spread` in [0, 1] places the moment; `after_seconds` (Retry-After) is never undercut."""
    base, cap = float(retry.get("base_seconds", BASE)), float(retry.get("cap_seconds", CAP))
    window = min(cap, base * 2 ** min(max(tries - 1, 0), 30))
    return now + timedelta(seconds=(after_seconds or 0.0) + window * spread)
