"""Approved work that is on no issued invoice: now, at another moment, and by age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from portal.demo.answers.money import Sum, age, of_line, total
from portal.demo.firm.calendar import NOW
from portal.demo.firm.lines import Line
from portal.demo.firm.world import World

EDGES = (5, 10, 30, 60, 90)
BUCKETS = ("0-5", "6-10", "11-30", "31-60", "61-90", "91+")
MONTH = datetime(2026, 10, 1, tzinfo=UTC)
LONGEST_DAY = 96
"""Quarters of an hour: an entry of more is refused by its data contract and counts nowhere."""


def counted(line: Line) -> bool:
    """Whether the line is one that can be billed and that the product can read."""
    return line.billable and line.approved_at is not None and line.quarters <= LONGEST_DAY


def unbilled(world: World) -> list[Line]:
    """Approved, not billed, at the fixed present."""
    return [line for line in world.lines if counted(line) and _is_open(world, line, NOW)]


def _is_open(world: World, line: Line, at: datetime) -> bool:
    issued = world.numbered[line.invoice].issued_at if line.invoice else None
    ended = [moment for moment in (issued, line.written_off_at) if moment]
    approved = line.approved_at is not None and line.approved_at <= at
    return approved and not any(moment <= at for moment in ended)


def sum_of(world: World, lines: list[Line]) -> Sum:
    return total(of_line(world, line) for line in lines)


def by_age(world: World) -> dict[str, Sum]:
    """Bucket → what is in it; an age on an edge belongs to the younger bucket."""
    found: dict[str, list[Line]] = {name: [] for name in BUCKETS}
    for line in unbilled(world):
        days = age(line)
        place = next((n for n, edge in enumerate(EDGES) if days <= edge), len(EDGES))
        found[BUCKETS[place]].append(line)
    return {name: sum_of(world, lines) for name, lines in found.items()}


def approved_lately(world: World) -> Sum:
    """Approved in the trailing thirty days."""
    since = NOW - timedelta(days=30)
    lines = [one for one in world.lines if counted(one) and one.approved_at]
    return sum_of(world, [one for one in lines if one.approved_at and one.approved_at > since])


def roll_forward(world: World) -> dict[str, Sum]:
    """Of this month: opening + approved - issued - written off = closing, in every currency."""
    lines = [one for one in world.lines if counted(one)]
    issued, written = [], []
    for one in lines:
        at = world.numbered[one.invoice].issued_at if one.invoice else None
        if at and MONTH < at <= NOW:
            issued.append(one)
        if one.written_off_at and MONTH < one.written_off_at <= NOW:
            written.append(one)
    return {
        "opening": sum_of(world, [one for one in lines if _is_open(world, one, MONTH)]),
        "approved": sum_of(
            world, [one for one in lines if one.approved_at and MONTH < one.approved_at <= NOW]
        ),
        "issued": sum_of(world, issued),
        "written off": sum_of(world, written),
        "closing": sum_of(world, unbilled(world)),
    }
