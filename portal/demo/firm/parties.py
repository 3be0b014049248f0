"""Who the firm deals with: companies, clients, people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Rates = dict[str, int]
"""Role → cents an hour; divisible by 4, so that a quarter of an hour is exact."""


@dataclass(frozen=True, slots=True)
class Entity:
    code: str
    name: str
    country: str
    currency: str


@dataclass(slots=True)
class Customer:
    """`known` is whether billing and the ERP had it before the product's first day."""

    number: str
    name: str
    trading: str
    email: str
    country: str
    region: str
    entity: str
    currency: str
    address: str
    owner: str
    status: str = "active"
    known: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    role: str
    entity: str
    unit: str
    country: str
    since: date
