"""All that the PSA holds at the start, kind by kind."""

from __future__ import annotations

from collections.abc import Iterator

from portal.demo.firm.world import World
from portal.demo.workplan.people import people, projects
from portal.demo.workplan.words import Dated
from portal.demo.workplan.work import lines

KINDS = ("people", "projects", "time_entries", "expenses", "milestones")


def told(world: World) -> Iterator[tuple[str, Iterator[Dated]]]:
    """Each kind with its records, and when each changed last."""
    yield "people", people(world)
    yield "projects", projects(world)
    yield "time_entries", lines(world, "time")
    yield "expenses", lines(world, "expense")
    yield "milestones", lines(world, "milestone")
