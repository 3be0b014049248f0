"""When the lines of a contract may be billed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from portal.demo.firm.agreements import Contract, Project
from portal.demo.firm.calendar import FIRST, TODAY, midnight, month_ends, month_of
from portal.demo.firm.lines import Line, Schedule


def schedules(
    contracts: dict[str, Contract], projects: dict[str, Project], lines: list[Line]
) -> dict[str, Schedule]:
    """By number; each line that falls under one is told so."""
    by_project: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_project[line.project].append(line)
    found: dict[str, Schedule] = {}
    for project in projects.values():
        contract, mine = contracts[project.contract], by_project[project.number]
        if contract.cadence == "milestone":
            made = list(_stages(contract, project, mine))
        else:
            made = list(_periods(contract, project))
            _place(made, mine)
        found |= {one.number: one for one in made}
    return found


def _periods(contract: Contract, project: Project) -> Iterator[Schedule]:
    weekly = contract.cadence == "weekly"
    first = project.start - timedelta(days=project.start.weekday()) if weekly else project.start
    last_day, seq = contract.billed_until or month_ends(TODAY), 0
    while first <= last_day:
        seq += 1
        last = first + timedelta(days=6) if weekly else month_ends(first)
        name = first.strftime("%G-W%V") if weekly else month_of(first)
        yield Schedule(
            number=f"{contract.number}/{project.number}/{name}",
            seq=seq,
            contract=contract.number,
            project=project.number,
            trigger="periodic",
            frequency=contract.cadence,
            first=first,
            last=last,
            billable_on=last + timedelta(days=1),
            created_at=midnight(contract.entity, max(FIRST, first) - timedelta(days=3)),
        )
        first = last + timedelta(days=1)


def _place(made: list[Schedule], lines: list[Line]) -> None:
    for line in lines:
        if not line.billable:
            continue
        for one in made:
            if one.first <= line.day <= one.last:
                line.schedule, line.billable_on = one.number, one.billable_on
                break


def _stages(contract: Contract, project: Project, lines: list[Line]) -> Iterator[Schedule]:
    stages = [line for line in lines if line.kind == "milestone"]
    for seq, line in enumerate(stages, start=1):
        accepted = line.approved_at.date() if line.approved_at else None
        number = f"{contract.number}/{project.number}/M{seq:02}"
        line.schedule = number
        line.billable_on = accepted
        yield Schedule(
            number=number,
            seq=seq,
            contract=contract.number,
            project=project.number,
            trigger="milestone",
            frequency="once",
            first=line.day,
            last=line.day,
            billable_on=line.billable_on or line.day,
            created_at=contract.versions[0].signed_at,
            amount=line.amount,
        )
