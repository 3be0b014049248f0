"""How the PSA writes values."""

from __future__ import annotations

from typing import Any

from portal.demo.firm.world import World

Dated = tuple[str, dict[str, Any]]


def euro(cents: int) -> str:
    """Decimal text with two places, whatever the currency."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def hours(quarters: int) -> str:
    return euro(quarters * 25)


def contract_of(world: World, number: str, version: int) -> dict[str, Any]:
    return {"number": number, "type": world.contracts[number].type, "version": version}
