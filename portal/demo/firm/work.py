"""Twelve months of time, expenses and milestones, submitted and approved as people do."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal.demo.firm.agreements import Contract, Project
from portal.demo.firm.approvals import SLOWNESS, handed_in
from portal.demo.firm.calendar import FIRST, NOW, TODAY, is_open, later, moment, month_ends
from portal.demo.firm.dice import Dice
from portal.demo.firm.lines import Line
from portal.demo.firm.parties import Person
from portal.demo.firm.stages import stages

SERVICES = {
    "Advisory": ("advisory",),
    "Technology": ("implementation", "data"),
    "Operations": ("support", "support", "data"),
}


CATEGORIES = ("travel", "lodging", "meals", "software")


SPLITS = {1: (32,), 2: (18, 13), 3: (12, 10, 9)}
"""Quarters of an hour of a day's entries."""


BUSY = {"PRJ-2041": 14, "PRJ-1955": 9, "PRJ-2010": 2, "PRJ-2023": 1}
"""Projects with more or less people than their kind has: the weight in the draw."""


class Work:
    """Draws everything once, in order of time."""

    def __init__(
        self, people: list[Person], contracts: dict[str, Contract], projects: dict[str, Project]
    ) -> None:
        self._people, self._contracts, self._projects = people, contracts, projects
        self._approvals: dict[tuple[str, date], datetime] = {}
        self._names = {one.id: one.name for one in people}
        self.lines: list[Line] = []
        self._expenses = 0

    def draw(self) -> list[Line]:
        monday = FIRST
        staff = {one.id: Dice(f"work/{one.id}") for one in self._people}
        teams: dict[str, list[Project]] = {}
        while monday <= TODAY:
            if monday == FIRST or monday.day <= 7:
                teams = {one.id: self._team(one, monday, staff[one.id]) for one in self._people}
            week = [one for one in self._people if not staff[one.id].falls(per_mille=100)]
            for day in (monday + timedelta(days=n) for n in range(5)):
                for person in week:
                    self._day(person, day, teams[person.id], staff[person.id])
            for person in week:
                self._spend(person, monday, teams[person.id], staff[person.id])
            monday += timedelta(days=7)
        self._milestones()
        return self.lines

    def _team(self, person: Person, monday: date, dice: Dice) -> list[Project]:
        """Three projects of the person's company, mostly of the own unit."""
        pool: list[Project] = []
        for project in self._projects.values():
            contract = self._contracts[project.contract]
            if contract.entity == person.entity and project.start <= monday:
                weight = BUSY.get(project.number, 3 if contract.unit == person.unit else 1)
                pool += [project] * weight
        return dice.some(pool, 3)

    def _day(self, person: Person, day: date, team: list[Project], dice: Dice) -> None:
        if day >= TODAY or not is_open(person.entity, day):
            return
        drawn = dice.below(100)
        count = 1 if drawn < 5 else 2 if drawn < 78 else 3
        for place, quarters in enumerate(SPLITS[count]):
            project = team[(place + day.weekday()) % len(team)]
            self.lines.append(self._entry(person, day, project, quarters + dice.below(3), dice))

    def _entry(
        self, person: Person, day: date, project: Project, quarters: int, dice: Dice
    ) -> Line:
        contract = self._contracts[project.contract]
        version = contract.version_on(day)
        billable = contract.type != "milestone"
        rate = version.rates[person.role] if billable else 0
        line = self._line("time", project, person, day, quarters=quarters, rate=rate)
        line.what = dice.pick(SERVICES[contract.unit])
        line.amount, line.billable, line.version = rate * quarters // 4, billable, version.number
        return line

    def _spend(self, person: Person, monday: date, team: list[Project], dice: Dice) -> None:
        billed = [one for one in team if self._contracts[one.contract].type != "milestone"]
        if not billed or not dice.falls(per_mille=680):
            return
        day, project = monday + timedelta(days=dice.below(5)), dice.pick(billed)
        if day >= TODAY or not is_open(person.entity, day):
            return
        self._expenses += 1
        line = self._line("expense", project, person, day, quarters=4, rate=0)
        line.what, line.receipt = dice.pick(CATEGORIES), f"R-{100_000 + self._expenses}"
        line.amount = line.rate = dice.between(1_800, 64_000)
        self.lines.append(line)

    def _line(
        self, kind: str, project: Project, person: Person, day: date, *, quarters: int, rate: int
    ) -> Line:
        contract = self._contracts[project.contract]
        friday = min(day + timedelta(days=4 - day.weekday()), month_ends(day))
        line = Line(
            kind=kind,
            id="",
            project=project.number,
            contract=contract.number,
            entity=contract.entity,
            person=person.id,
            what="",
            day=day,
            quarters=quarters,
            rate=rate,
            amount=0,
            billable=True,
            version=contract.version_on(day).number,
            submitted_at=handed_in(person.entity, friday),
        )
        approved = self._approved(project, contract, friday)
        line.status = "approved" if approved <= NOW else "submitted"
        if line.submitted_at > NOW:
            line.status = "draft"
        if line.status == "approved":
            line.approved_at, line.approver = approved, self._names[project.manager]
        return line

    def _approved(self, project: Project, contract: Contract, friday: date) -> datetime:
        """One decision a week and project."""
        key = project.number, friday
        if key not in self._approvals:
            dice = Dice(f"approval/{project.number}/{friday}")
            slow = SLOWNESS[contract.unit] + SLOWNESS[contract.region]
            days = 1 + slow + dice.below(2)
            days += dice.between(4, 9) if dice.below(40) == 0 else 0
            self._approvals[key] = moment(
                contract.entity, later(contract.entity, friday + timedelta(days=1), days - 1), dice
            )
        return self._approvals[key]

    def _milestones(self) -> None:
        """Every five weeks or so of a fixed price, accepted by the client some days later."""
        for project in self._projects.values():
            contract = self._contracts[project.contract]
            if contract.type == "milestone":
                self.lines += stages(project, contract)


def numbered(lines: list[Line]) -> None:
    """Ids in the order of work, kind by kind."""
    starts = {"time": ("TE", 100_000), "expense": ("EX", 5_000), "milestone": ("MS", 300)}
    counts = dict.fromkeys(starts, 0)
    for line in sorted(lines, key=lambda one: (one.day, one.project, one.person)):
        counts[line.kind] += 1
        prefix, base = starts[line.kind]
        line.id = f"{prefix}-{base + counts[line.kind]}"
