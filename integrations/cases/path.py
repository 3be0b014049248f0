"""The escalation path of a case: which step comes next, when, and what a claim does to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_duration

from integrations.cases.clocks import Clocks
from integrations.cases.models import Case

ESCALATED, PASSED_OVER = "escalated", "step passed over"
"""Actions in a case's history."""
Step = dict[str, Any]
"""`{after, to, when, by}`, as approved."""


def path_of(case: Case) -> dict[str, Any]:
    """The path that its flow agreement names; without one, no steps."""
    held = case.agreement.document.get("escalation") if case.agreement is not None else None
    return dict(held or {"slug": "", "steps": []})


def step_of(case: Case) -> Step | None:
    """The step that is next; None behind the last."""
    steps: list[Step] = path_of(case)["steps"]
    return steps[case.step] if case.step < len(steps) else None


def after(step: Step) -> timedelta:
    """In business time; a day of it is a business day."""
    return parse_duration(step["after"]) or timedelta()


def wind(case: Case, clocks: Clocks) -> None:
    """Set the timer of the step that is next: business time since the case opened."""
    step = step_of(case)
    case.step_at = clocks.after(case, case.opened_at, after(step)) if step is not None else None


def stopped(case: Case, step: Step) -> bool:
    """Whether somebody's claim keeps this step from being told."""
    early = case.step_at is not None and case.step_at < case.due_at
    when = step.get("when") or ("unclaimed" if early else "open")
    return when == "unclaimed" and case.claimed_by_id is not None


def rewind(case: Case, clocks: Clocks, now: datetime) -> None:
    """Released: a step that the claim had stopped begins anew, and delays no later one."""
    told = case.events.filter(action__in=[ESCALATED, PASSED_OVER]).order_by("-pk")
    if told.values_list("action", flat=True).first() != PASSED_OVER or not case.step:
        return
    following = case.step_at
    case.step -= 1
    step = step_of(case)
    begun = clocks.after(case, now, after(step)) if step is not None else None
    case.step_at = min((at for at in (begun, following) if at is not None), default=None)
