"""The roll-forward of unbilled money as people read it: what came adds, what went takes away."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sla.queries import Dashboard, Slice
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.numbers import Number

WORDS = {
    "opening": ("Opening", ""),
    "approved": ("Approved", "+"),
    "issued": ("Issued", "\N{MINUS SIGN}"),
    "written_off": ("Written off", "\N{MINUS SIGN}"),
    "closing": ("Closing", ""),
}
"""Piece → its name and its sign."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One line; `sum` marks the first and the last."""

    title: str
    sign: str
    money: Number
    sum: bool


@dataclass(frozen=True, slots=True)
class Rolled:
    """`difference` in minor units: 0, or something is wrong."""

    movements: list[Movement]
    difference: int


def rolled(found: Dashboard, asked: Asked) -> Rolled:
    """In the order of the arithmetic."""
    movements = [
        _movement(name, getattr(found.roll_forward, name), asked, found.base) for name in WORDS
    ]
    return Rolled(movements, found.roll_forward.difference)


def _movement(name: str, one: Slice, asked: Asked, base: str) -> Movement:
    title, sign = WORDS[name]
    url = asked.list("roll-forward", piece=name)
    return Movement(title, sign, Number("worth", one.value, url, base), name == "closing")
