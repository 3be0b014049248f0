"""Milestones of fixed-price work, one every five weeks or so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.demo.firm.agreements import Contract, Project
from portal.demo.firm.calendar import NOW, later, moment
from portal.demo.firm.dice import Dice
from portal.demo.firm.lines import Line


def stages(project: Project, contract: Contract) -> Iterator[Line]:
    dice = Dice(f"milestones/{project.number}")
    due = project.start + timedelta(days=30)
    for number in range(1, 13):
        done = moment(contract.entity, later(contract.entity, due, dice.below(4)), dice)
        accepted = later(contract.entity, due, 5 + dice.below(8))
        at = moment(contract.entity, accepted, dice)
        status = "accepted" if at <= NOW else "completed" if done <= NOW else "planned"
        yield Line(
            kind="milestone",
            id="",
            project=project.number,
            contract=contract.number,
            entity=contract.entity,
            person=project.manager,
            what=f"Stage {number} accepted",
            day=due,
            quarters=4,
            rate=(amount := 50_000 * dice.between(30, 110)),
            amount=amount,
            billable=True,
            version=contract.version_on(due).number,
            submitted_at=done,
            approved_at=at if status == "accepted" else None,
            approver=contract.customer if status == "accepted" else "",
            status=status,
        )
        due += timedelta(days=31 + dice.below(8))
        if due > contract.end:
            return
