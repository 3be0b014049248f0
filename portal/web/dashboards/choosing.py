"""The filters as chips: what each may be set to, as links."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache

from integrations.sla.lifecycle import Kind
from integrations.sla.models import Unit
from integrations.sla.reaching import within
from integrations.sla.selecting import BLANK
from portal.web.dashboards.asking import Asked

NAMES = {
    "region": "Region",
    "business_unit": "Unit",
    "legal_entity": "Legal entity",
    "customer": "Customer",
    "contract_type": "Contract type",
    "currency": "Currency",
}
SECONDS = 300
"""How long the values of the menus are kept; they change with the firm, not with its work."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One link of a menu."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter."""

    name: str
    title: str
    value: str
    choices: list[Choice]


def chips(asked: Asked) -> list[Chip]:
    """Period first, then what lines are of."""
    values = _values(asked.filters.domains)
    about = [
        _chip(asked, name, title, getattr(asked.filters, name), values[name])
        for name, title in NAMES.items()
    ]
    return [_periods(asked), *about]


def _periods(asked: Asked) -> Chip:
    choices = [
        Choice(one.label, asked.page(period=one.key, first="", last=""), one == asked.period)
        for one in asked.offered
    ]
    return Chip("period", "Period", asked.period.label, choices)


def _chip(asked: Asked, name: str, title: str, value: str, values: list[str]) -> Chip:
    every = Choice("All", asked.page(**{name: ""}), not value)
    found = [Choice(one, asked.page(**{name: one}), one == value) for one in values]
    return Chip(name, title, value or "all", [every, *found])


def _values(domains: frozenset[int] | None) -> dict[str, list[str]]:
    """Each filter's values among the reader's lines."""
    key = f"dashboard-values:{sorted(domains) if domains is not None else 'all'}".replace(" ", "")
    held: dict[str, list[str]] | None = cache.get(key)
    if held is None:
        held = _read(domains)
        cache.set(key, held, SECONDS)
    return held


def _read(domains: frozenset[int] | None) -> dict[str, list[str]]:
    rows = Unit.objects.filter(within(domains), unit=Kind.LINE).order_by()
    told = list(rows.values_list(*NAMES).distinct())
    return {
        name: sorted({str(row[place] or BLANK) for row in told}) for place, name in enumerate(NAMES)
    }
