"""Which tax a client's invoices bear, and how much."""

from __future__ import annotations

from portal.demo.firm.customers import ENTITIES
from portal.demo.firm.parties import Customer

TAX = {"S-STD/GB": 2000, "S-STD/DE": 1900, "S-FS20": 2000, "S-RC": 0, "S-US": 0}
"""Hundredths of a percent."""


def tax_code(customer: Customer) -> str:
    """Standard at home, reverse charge abroad, none in the United States."""
    entity = ENTITIES[customer.entity]
    if entity.country == "US":
        return "S-US"
    return "S-STD" if customer.country == entity.country else "S-RC"


def tax_rate(code: str, entity: str) -> int:
    return TAX[f"S-STD/{ENTITIES[entity].country}" if code == "S-STD" else code]


def tax_on(net: int, rate: int) -> int:
    """Half up, away from zero."""
    whole = (abs(net) * rate + 5_000) // 10_000
    return -whole if net < 0 else whole
