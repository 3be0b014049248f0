"""The left and middle panes: views with their counts, totals, problems or single records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from integrations.cases import queries
from integrations.cases.clocks import Clocks
from integrations.cases.lifecycle import WORK, Urgency
from integrations.cases.models import Case
from integrations.cases.problems import COLUMNS, PROBLEM, blocked
from integrations.cases.queries import Money, Problem, Totals
from integrations.cases.search import NOTHING
from integrations.cases.wording import Suggestion, headline, suggestion, system_name, things
from integrations.errors import Refused
from portal.access.backend import domains
from portal.accounts.models import User
from portal.web.queue.asking import GROUPS, VIEWS, Asked
from portal.web.shell.paging import Page, keyset

SIZE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One problem of the list."""

    problem: Problem
    title: str
    items: str
    suggestion: Suggestion
    blocked: int
    narrow: str = ""
    """The cases of a customer, project or system, grouped by problem."""


@dataclass(slots=True)
class Listing:
    """Everything left of the detail."""

    asked: Asked
    views: list[dict[str, Any]]
    totals: Totals
    breached: list[Money]
    problems: int
    clocks: Clocks
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
    def groups(self) -> list[dict[str, Any]]:
        """The same cases, grouped otherwise."""
        return [
            {
                "label": label,
                "url": self.asked.query(group=name, page="") or "?",
                "current": name == self.asked.group,
            }
            for name, label in GROUPS
        ]

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
    return {
        "name": name,
        "value": value.strip('"'),
        "text": text,
        "without": asked.query(t=kept) or "?",
    }


def listing(
    rows: QuerySet[Case], *, asked: Asked, person: User, params: QueryDict, now: datetime
) -> Listing:
    """A number of queries that does not grow with the queue."""
    found, error = _found(rows, asked, person, now)
    column = COLUMNS.get(asked.group, PROBLEM)
    made = Listing(
        asked=asked,
        views=_views(rows, asked, person, now),
        totals=queries.totals(found, now=now),
        breached=queries.totals(found.filter(urgency=Urgency.BREACHED), now=now).at_risk,
        problems=found.order_by().values(column).distinct().count(),
        clocks=Clocks.load(),
        error=error,
        closed="state:" in asked.search.lower(),
    )
    if asked.group == "record":
        made.records = keyset(found, order=queries.ORDER, params=params, size=SIZE)
        for case in made.records.rows:
            case.words, case.hint = headline(case), suggestion(case)  # type: ignore[attr-defined]
    else:
        made.lines = _lines(found, asked, column)
    return made


def _found(
    rows: QuerySet[Case], asked: Asked, person: User, now: datetime
) -> tuple[QuerySet[Case], str]:
    """The queue, and what is wrong with the search; an unreadable one narrows nothing."""
    who: dict[str, Any] = {"person": person.pk, "domains": domains(person, WORK)}
    try:
        return queries.queue(rows, search=asked.search, view=asked.view, **who, now=now), ""
    except Refused as error:
        return queries.queue(rows, view=asked.view, **who, now=now), str(error)


def _views(rows: QuerySet[Case], asked: Asked, person: User, now: datetime) -> list[dict[str, Any]]:
    counts = queries.view_counts(rows, person=person.pk, domains=domains(person, WORK), now=now)
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


def lines(found: QuerySet[Case], *, limit: int, offset: int = 0) -> list[Line]:
    """Problems in the order of the queue, in words."""
    held = queries.problems(found, by=PROBLEM, limit=limit, offset=offset)
    behind = blocked(found, by=PROBLEM, values=[one.value for one in held])
    return [_line(one, behind.get(one.value, 0)) for one in held]


def _lines(found: QuerySet[Case], asked: Asked, column: str) -> list[Line]:
    page = (asked.page - 1) * SIZE
    if column == PROBLEM:
        return lines(found, limit=SIZE, offset=page)
    held = queries.problems(found, by=column, limit=SIZE, offset=page)
    behind = blocked(found, by=column, values=[one.value for one in held])
    return [_group(one, behind.get(one.value, 0), asked) for one in held]


def _line(one: Problem, behind: int) -> Line:
    words = things(one.sample, one.count)
    return Line(one, headline(one.sample), words, suggestion(one.sample), behind)


def _group(one: Problem, behind: int, asked: Asked) -> Line:
    value = f'"{one.value}"' if " " in one.value else one.value or NOTHING
    told = system_name(one.value) if asked.group == "system" else one.value
    narrow = asked.query(t=(*asked.tokens, f"{asked.group}:{value}"), group="", page="")
    words = f"{one.count} {'case' if one.count == 1 else 'cases'}"
    return Line(
        one, told or f"No {asked.group}", words, suggestion(one.sample), behind, narrow=narrow
    )
