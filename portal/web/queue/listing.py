"""The left and middle panes: views with their counts, totals, problems or single records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import QueryDict

from integrations.cases import queries
from integrations.cases.lifecycle import Urgency
from integrations.cases.models import Case
from integrations.cases.queries import Money, Problem, Totals
from integrations.errors import Refused
from portal.web.queue.asking import VIEWS, Asked
from portal.web.shell.paging import Page, keyset
from portal.web.shell.wording import Suggestion, headline, suggestion, things

SIZE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One problem of the list."""

    problem: Problem
    title: str
    items: str
    suggestion: Suggestion
    blocked: int


@dataclass(slots=True)
class Listing:
    """Everything left of the detail."""

    asked: Asked
    views: list[dict[str, Any]]
    totals: Totals
    breached: list[Money]
    problems: int
    lines: list[Line] = field(default_factory=list)
    records: Page[Case] | None = None
    error: str = ""
    closed: bool = False
    """A `state:` token also reaches closed cases."""

    @property
    def tokens(self) -> list[dict[str, str]]:
        """For the search box."""
        return [_chip(self.asked, text) for text in self.asked.tokens]

    @property
    def by_problem(self) -> str:
        """The same cases, grouped."""
        return self.asked.query(group="") or "?"

    @property
    def by_record(self) -> str:
        """The same cases, one by one."""
        return self.asked.query(group="record")

    @property
    def pages(self) -> Page[Case] | None:
        """Previous and next page of problems."""
        now, last = self.asked.page, -(-self.problems // SIZE)
        return Page(
            [],
            previous=(self.asked.query(page=now - 1) or "?") if now > 1 else "",
            next=self.asked.query(page=now + 1) if now < last else "",
        )


def _chip(asked: Asked, text: str) -> dict[str, str]:
    name, _, value = text.partition(":")
    kept = tuple(one for one in asked.tokens if one != text)
    return {"name": name, "value": value, "text": text, "without": asked.query(t=kept) or "?"}


def listing(
    rows: QuerySet[Case], *, asked: Asked, person: int, params: QueryDict, now: datetime
) -> Listing:
    """A number of queries that does not grow with the queue."""
    found, error = _found(rows, asked, person, now)
    made = Listing(
        asked=asked,
        views=_views(rows, asked, person, now),
        totals=queries.totals(found, now=now),
        breached=queries.totals(found.filter(urgency=Urgency.BREACHED), now=now).at_risk,
        problems=found.order_by().values("fingerprint").distinct().count(),
        error=error,
        closed="state:" in asked.search.lower(),
    )
    if asked.group == "record":
        made.records = keyset(found, order=queries.ORDER, params=params, size=SIZE)
        for case in made.records.rows:
            case.words, case.hint = headline(case), suggestion(case)  # type: ignore[attr-defined]
    else:
        made.lines = _lines(found, asked)
    return made


def _found(
    rows: QuerySet[Case], asked: Asked, person: int, now: datetime
) -> tuple[QuerySet[Case], str]:
    """The queue, and what is wrong with the search; an unreadable one narrows nothing."""
    try:
        return queries.queue(rows, search=asked.search, view=asked.view, person=person, now=now), ""
    except Refused as error:
        return queries.queue(rows, view=asked.view, person=person, now=now), str(error)


def _views(rows: QuerySet[Case], asked: Asked, person: int, now: datetime) -> list[dict[str, Any]]:
    counts = queries.view_counts(rows, person=person, now=now)
    return [
        {
            "label": label,
            "icon": icon,
            "count": counts[name or "open"],
            "url": asked.query(view=name, page="") or "?",
            "current": name == asked.view,
        }
        for name, label, icon in VIEWS
    ]


def _lines(found: QuerySet[Case], asked: Asked) -> list[Line]:
    problems = queries.problems(found, limit=SIZE, offset=(asked.page - 1) * SIZE)
    blocked = _blocked(found, [one.fingerprint for one in problems])
    return [
        Line(
            one,
            headline(one.sample),
            things(one.sample, one.count),
            suggestion(one.sample),
            blocked.get(one.fingerprint, 0),
        )
        for one in problems
    ]


def _blocked(found: QuerySet[Case], marks: Sequence[str]) -> dict[str, int]:
    """Fingerprint → operations that wait behind the failed ones."""
    rows = found.filter(fingerprint__in=marks, operation__isnull=False).order_by()
    summed = rows.values("fingerprint").annotate(blocked=Sum("followers"))
    return {row["fingerprint"]: row["blocked"] or 0 for row in summed}
