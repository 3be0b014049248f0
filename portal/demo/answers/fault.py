"""What the answer key says of one planted fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portal.demo.answers.money import Sum, of_line, total
from portal.demo.answers.unbilled import unbilled
from portal.demo.firm.lines import Line
from portal.demo.firm.world import World


@dataclass(frozen=True)
class Fault:
    """`found` is a case's class, `break`, `proposal`, or `nothing`: what heals itself.

    `records` are the business keys that the product names, `money` what hangs on them, and
    `part` the column of revenue at risk in which that money stands, empty where in none.
    """

    slug: str
    title: str
    customer: str
    records: tuple[str, ...]
    money: Sum
    owner: str
    found: str
    where: str
    fix: str
    part: str = ""


def lines_of(
    world: World,
    *,
    project: str = "",
    contract: str = "",
    only: Callable[[Line], bool] = lambda line: True,
) -> Sum:
    """Approved, not billed, of one project or customer contract."""
    mine: Iterable[Line] = (
        line for line in unbilled(world) if project in {"", line.project} and only(line)
    )
    return total(of_line(world, line) for line in mine if contract in {"", line.contract})
