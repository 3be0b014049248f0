"""Business hours for the sample firm."""

from __future__ import annotations

from typing import Any

from tests.firm import register

BERLIN: dict[str, Any] = {
    "slug": "berlin",
    "name": "Berlin",
    "domain": "delivery",
    "time_zone": "Europe/Berlin",
    "opens": "09:00",
    "closes": "17:00",
    "holidays": [{"on": "2026-03-03", "name": "A day off"}],
}


def keep(**more: Any) -> None:
    """The firm runs by it from now on."""
    register([{"kind": "business_calendar", "document": {**BERLIN, **more}}])
