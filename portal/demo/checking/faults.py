"""Every planted fault beside what the product found of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from governance.approvals.lifecycle import State
from governance.approvals.models import ChangeRequest
from portal.demo.answers.fault import Fault
from portal.demo.checking import broken, told
from portal.demo.firm import planted


@dataclass(frozen=True)
class Line:
    """One line of the report: what was planted, what was found, and whether they are the same."""

    name: str
    expected: str
    found: str

    @property
    def same(self) -> bool:
        return self.expected == self.found


def lines(faults: list[Fault]) -> list[Line]:
    return [CHECKS.get(one.found, _case)(one) for one in faults]


def _case(fault: Fault) -> Line:
    """A case of that class, with these keys, that money and that team."""
    said = told.of_cases(klass=fault.found, flow=fault.where)
    return Line(fault.title, _expected(fault, fault.records), _told(said, fault))


def _unknown(fault: Fault) -> Line:
    """Any lane stops at its first entry, and all of the project stands behind it."""
    said = told.of_unknown(entity="project", key=planted.UNKNOWN_PROJECT)
    keys = sorted(said.keys & set(fault.records))
    found = _told(said, fault, keys=(f"{len(keys)} stopped" if keys else "none",))
    lanes = "2 stopped"
    return Line(fault.title, _expected(fault, (lanes,)), found)


def _break(fault: Fault) -> Line:
    said = broken.found(fault.where, fault.records)
    return Line(fault.title, _expected(fault, fault.records), _told(said, fault))


def _nothing(fault: Fault) -> Line:
    """It healed by itself: all of it is there, once."""
    if fault.slug == "late-commit":
        there = set(fault.records) & told.read_by(fault.where)
        return Line(fault.title, f"{len(fault.records)} read", f"{len(there)} read")
    [key] = fault.records
    done = told.applied(fault.where, key)
    return Line(fault.title, f"{key} done once", f"{key} done {'once' if done == 1 else done}")


def _proposal(fault: Fault) -> Line:
    """It waits for one person's vote."""
    waiting = ChangeRequest.objects.filter(state=State.IN_REVIEW, title__contains="gross")
    left: Counter[str] = Counter()
    for one in waiting:
        left += Counter(rule["seat"] for rule in one.rules)
        left -= Counter(one.votes.filter(voided_at=None).values_list("seat", flat=True))
    words = ", ".join(sorted(left.elements())) or "nobody"
    return Line(fault.title, "waits for platform_architect", f"waits for {words}")


CHECKS: dict[str, Callable[[Fault], Line]] = {
    "break": _break,
    "nothing": _nothing,
    "proposal": _proposal,
    "reference": _unknown,
}


def _expected(fault: Fault, keys: tuple[str, ...]) -> str:
    if not fault.part:
        return f"{_keys(keys)}, {fault.owner}"
    return f"{_keys(keys)}, {_amounts(fault.money.amounts)}, {fault.owner}"


def _told(said: told.Said, fault: Fault, *, keys: tuple[str, ...] = ()) -> str:
    teams = ", ".join(sorted(said.teams)) or "nobody"
    what = _keys(keys or tuple(said.keys))
    return f"{what}, {_amounts(said.amounts)}, {teams}" if fault.part else f"{what}, {teams}"


def _keys(keys: tuple[str, ...]) -> str:
    held = sorted(keys)
    return ", ".join(held) if len(held) <= 2 else f"{held[0]} … {held[-1]} ({len(held)})"


def _amounts(amounts: dict[str, int]) -> str:
    held = sorted((currency, minor) for currency, minor in amounts.items() if minor)
    return " + ".join(f"{currency} {minor / 100:,.2f}" for currency, minor in held) or "nothing"
