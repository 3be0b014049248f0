"""Escalation: who is told, in business time, while a case stays open.

The timer is a column of the case. Notice, history and timer change in one transaction, so that two
ticks, or one that died, tell each step once.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Q

from governance import crash
from governance.notifications import services as notices
from governance.notifications.queries import about
from integrations.cases.audience import Audience, Told
from integrations.cases.clocks import Clocks
from integrations.cases.entering import tell
from integrations.cases.lifecycle import CaseState
from integrations.cases.models import Case
from integrations.cases.noticing import escalated, key
from integrations.cases.path import ESCALATED, PASSED_OVER, path_of, step_of, stopped, wind
from integrations.cases.problems import problems
from integrations.cases.settling import live

MOST = 200
"""Cases that one tick looks at; the rest is due at the next."""
QUIET = timedelta(days=1)
"""More cases of a problem that people were told of, and that is still open, wait so long."""


@transaction.atomic
def escalate(*, now: datetime) -> int:
    """Take the due step of every case in sight; returns how many cases moved on."""
    cases = _due(now)
    if not cases:
        return 0
    audience = Audience(now)
    for _, group in groupby(sorted(cases, key=_problem), key=_problem):
        _step(list(group), audience, now)
    _move_on(cases)
    crash.point("inside_escalation")
    return len(cases)


def _due(now: datetime) -> list[Case]:
    """Locked. What is snoozed comes once it is back in sight; a replay may end by itself."""
    seen = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
    rows = live().exclude(state=CaseState.REPLAYING).filter(seen, step_at__lte=now)
    chosen = rows.select_for_update(skip_locked=True).order_by("step_at", "pk")
    return list(chosen.prefetch_related("domain", "agreement", "claimed_by")[:MOST])


def _problem(case: Case) -> tuple[int, str, int, str]:
    """Cases that are told of together: by the same step, whichever flow agreement has it."""
    return (case.domain_id, case.fingerprint, case.step, str(step_of(case)))


def _step(cases: list[Case], audience: Audience, now: datetime) -> None:
    """One step of one problem: those whom a claim stops, and the others with one notice."""
    step = step_of(cases[0])
    if step is None:
        return
    kept = [case for case in cases if stopped(case, step)]
    open_ = [case for case in cases if case not in kept]
    told = audience.of(step["to"], cases[0])
    for case in kept:
        holder = case.claimed_by.label if case.claimed_by is not None else "somebody"
        _record(case, PASSED_OVER, f"{told.name} not told: {holder} has taken it", now)
    if not open_:
        return
    folded = _known(open_, now)
    if not folded:
        _notify(open_, told, now)
    for case in open_:
        _record(case, ESCALATED, _words(told, folded=folded), now)


def _known(cases: list[Case], now: datetime) -> bool:
    """Whether they were told of this problem lately, and some of what they heard is still open."""
    told = about("problem", cases[0].fingerprint)
    lately = told.filter(event__startswith=key(cases[0]), created_at__gt=now - QUIET)
    before = live().filter(
        domain=cases[0].domain_id, fingerprint=cases[0].fingerprint, step__gt=cases[0].step
    )
    return lately.exists() and before.exists()


def _notify(cases: list[Case], told: Told, now: datetime) -> None:
    step = step_of(cases[0]) or {}
    same = live().filter(domain=cases[0].domain_id, fingerprint=cases[0].fingerprint)
    [problem] = problems(same)
    notices.tell(
        escalated(problem, cases, step, told.name, now),
        people=told.people,
        webhooks=told.webhooks,
        ways=step.get("by") or notices.OWN_WAYS,
        now=now,
    )


def _words(told: Told, *, folded: bool) -> str:
    names = ", ".join(one.label for one in told.people)
    whom = f"{told.name} ({names}){told.note}" if names else told.name
    if not told.people and not told.webhooks:
        whom = f"nobody: no account of {told.name} may see it"
    more = "; they knew of this problem already" if folded else ""
    return f"Escalated to {whom}{more}"


def _record(case: Case, action: str, text: str, now: datetime) -> None:
    facts = {"path": path_of(case)["slug"], "step": case.step + 1}
    tell(case, action, by=None, text=text, now=now, **facts)


def _move_on(cases: list[Case]) -> None:
    """Each row to its next step, by the clocks of its own legal entity."""
    clocks = Clocks.load()
    for case in cases:
        case.step += 1
        wind(case, clocks)
    by_time = defaultdict(list)
    for case in cases:
        by_time[case.step, case.step_at].append(case.pk)
    for (step, at), pks in by_time.items():
        Case.objects.filter(pk__in=pks).update(step=step, step_at=at)
