"""How old unbilled money is, unit by unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.sla.queries import Dashboard, Slice
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.numbers import Number
from portal.web.dashboards.stacks import Part, Stacks, stacks

SLUG = "approved-not-billed"


@dataclass(frozen=True, slots=True)
class Ages:
    """`total` and `parts` are those of all units."""

    drawing: Stacks | None
    parts: list[Part]
    total: Number


def ages(found: Dashboard, asked: Asked) -> Ages:
    """Every unit, and all of them together."""
    base = found.base
    rows = {
        unit: (
            _total(parts, asked.list(SLUG, business_unit=unit), base),
            _parts(parts, asked, base),
        )
        for unit, parts in found.ageing_by_unit.items()
    }
    return Ages(
        drawing=stacks(rows),
        parts=_parts(found.ageing, asked, base),
        total=_total(found.ageing, asked.list(SLUG), base),
    )


def _parts(slices: Sequence[Slice], asked: Asked, base: str) -> list[Part]:
    return [
        Part(one.label, Number("worth", one.value, asked.list(SLUG, **one.query), base))
        for one in slices
    ]


def _total(slices: Sequence[Slice], url: str, base: str) -> Number:
    return Number("worth", sum(one.value for one in slices), url, base)
