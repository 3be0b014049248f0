"""What people are told of a problem, in business words."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from governance.agreements.transforms import CURRENCY_DIGITS
from governance.notifications.lifecycle import Kind
from governance.notifications.services import Said
from integrations.cases.models import Case
from integrations.cases.money import Money
from integrations.cases.path import Step, after, path_of
from integrations.cases.problems import Problem
from integrations.cases.wording import headline, things


def escalated(problem: Problem, cases: list[Case], step: Step, name: str, now: datetime) -> Said:
    """One notice for the whole problem, however many cases it has."""
    case = cases[0]
    lead = "Still open" if after(step) else "New"
    many = f", {things(problem.sample, problem.count)}" if problem.count > 1 else ""
    return Said(
        event=f"{key(case)}{case.pk}/{now.isoformat()}",
        kind=Kind.CASE_ESCALATED,
        subject=f"{lead}: {headline(problem.sample)}{many}",
        text="\n".join([_standing(problem, step), _size(problem, case, now), _why(case, name)]),
        about=("problem", problem.fingerprint),
    )


def key(case: Case) -> str:
    """Begins the name of whatever is told of this problem at this step."""
    return f"case.step/{case.domain_id}/{case.fingerprint}/{case.step}/"


def assigned(case: Case, *, by: Any, reason: str, now: datetime) -> Said:
    return Said(
        event=f"case.assigned/{case.pk}/{now.isoformat()}",
        kind=Kind.CASE_ASSIGNED,
        subject=f"{by.label} hands you a case: {headline(case)}",
        text=f"{reason}\n{_due(case.due_at, now)}",
        about=("case", str(case.pk)),
    )


def _standing(problem: Problem, step: Step) -> str:
    long = span(after(step))
    if not problem.claimed:
        return f"Nobody has taken it in {long}." if long else "Nobody has taken it yet."
    taken = "it" if problem.count == 1 else f"{problem.claimed} of {problem.count}"
    return f"Somebody has taken {taken}, and it is open for {long or 'a moment'}."


def _size(problem: Problem, case: Case, now: datetime) -> str:
    cases = "1 case" if problem.count == 1 else f"{problem.count} cases"
    money = "".join(f", {amount(one)}" for one in problem.at_risk)
    return f"{cases} in {case.domain.name}{money}. {_due(problem.due_at, now)}"


def _due(due: datetime, now: datetime) -> str:
    return f"{'Due since' if due <= now else 'Due'} {due:%-d %B %Y %H:%M} UTC."


def _why(case: Case, name: str) -> str:
    path = path_of(case)
    number = f"step {case.step + 1} of {len(path['steps'])}"
    return f"Told: {name}, by {number} of the escalation path {path['slug']}."


def amount(money: Money) -> str:
    """`EUR 12,400.00`."""
    digits = CURRENCY_DIGITS.get(money.currency, 2)
    return f"{money.currency} {Decimal(money.minor).scaleb(-digits):,.{digits}f}".strip()


def span(length: timedelta) -> str:
    """`1 business day 4 hours`; empty for none."""
    hours, rest = divmod(length.seconds, 3600)
    parts = [(length.days, "day"), (hours, "hour"), (rest // 60, "minute")]
    told = [f"{n} {unit}{'s' if n > 1 else ''}" for n, unit in parts if n]
    return (
        told[0].replace(" ", " business ", 1) + "".join(f" {t}" for t in told[1:]) if told else ""
    )
