"""Root causes by money: each problem with what it blocks, the dearest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from integrations.cases.wording import system_name
from integrations.sla.queries import Cause, Dashboard
from portal.accounts.models import User
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.causes import Problem, problems
from portal.web.dashboards.numbers import Number
from portal.web.dashboards.strips import Strip, strip

SLUG = "revenue-at-risk"
MOST = 10
PARTS = {"unbilled": "f2", "unposted": "f4", "unapplied": "f6"}


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One problem; `share` is its percentage of all the money at risk."""

    title: str
    system: str
    url: str
    since: datetime
    money: Number
    count: Number
    cases: int
    share: float
    strip: Strip | None
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class Blocking:
    """`parts` are (label, fill, money) of the whole."""

    rows: list[CauseRow]
    parts: list[tuple[str, str, Number]]
    total: Number
    more: int
    more_url: str


def blocking(found: Dashboard, asked: Asked, person: User) -> Blocking:
    """The dearest causes, and where all the money stands."""
    shown, figure = found.causes[:MOST], found.figures[SLUG]
    named = problems(person, [one.fingerprint for one in shown])
    whole = sum(one.value for one in found.causes)
    parts = [
        (name, css, Number("worth", figure.parts[name], asked.list(SLUG, part=name), found.base))
        for name, css in PARTS.items()
        if figure.parts[name]
    ]
    return Blocking(
        rows=[_row(one, whole, found, asked, named.get(one.fingerprint)) for one in shown],
        parts=parts,
        total=Number("worth", whole, asked.list(SLUG), found.base),
        more=len(found.causes) - len(shown),
        more_url=asked.list(SLUG, group="cause"),
    )


def _row(
    one: Cause, whole: int, found: Dashboard, asked: Asked, problem: Problem | None
) -> CauseRow:
    url = asked.list(SLUG, cause=one.fingerprint)
    largest = found.causes[0].value
    shares = [(float(one.value), "f2"), (float(largest - one.value), "f-none")]
    return CauseRow(
        title=problem.title if problem else one.title,
        system=system_name(one.system),
        url=url,
        since=one.since,
        money=Number("worth", one.value, url, found.base),
        count=Number("n", one.n, url),
        cases=one.cases,
        share=100 * one.value / whole if whole else 0.0,
        strip=strip("", shares) if largest > 0 and one.value >= 0 else None,
        problem=problem,
    )
