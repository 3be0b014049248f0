"""What a reader asks for: a period, filters, and a piece of one list; all of it in the URL."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from integrations.sla import terms as agreed
from integrations.sla.queries import Filters
from portal.web.dashboards.forms import ABOUT, PIECES, FilterForm
from portal.web.dashboards.periods import Period, named, periods


@dataclass(frozen=True, slots=True)
class Asked:
    """`params` are those that the URL keeps; `piece` narrows a list."""

    filters: Filters
    period: Period
    offered: list[Period]
    params: dict[str, str]
    piece: dict[str, str] = field(default_factory=dict)
    group: str = ""
    sort: str = "oldest"

    @classmethod
    def read(cls, data: QueryDict, *, domains: frozenset[int] | None, now: datetime) -> Asked:
        """The newest fiscal period where none is named."""
        told = FilterForm(data).told
        offered = periods(agreed.current().default.day_of(now))
        period = _period(told, offered)
        about = {name: told[name] for name in ABOUT if name in told}
        fx = {"constant_fx": "1"} if told.get("constant_fx") else {}
        days = ("first", "last")
        dated: dict[str, str] = {name: told[name].isoformat() for name in days if name in told}
        kept = dated or ({"period": period.key} if "period" in told else {})
        return cls(
            filters=Filters(
                first=period.first, last=period.last, constant_fx=bool(fx), domains=domains, **about
            ),
            period=period,
            offered=offered,
            params={**kept, **about, **fx},
            piece={name: told[name] for name in PIECES if name in told},
            group=told.get("group", ""),
            sort=told.get("sort", "oldest"),
        )

    def page(self, **changed: str) -> str:
        """The dashboard under other filters; an empty value takes one away."""
        return _url(reverse("dashboards"), {**self.params, **changed})

    def list(self, slug: str, **changed: str) -> str:
        """The list behind a number, or a piece of it."""
        return _url(reverse("dashboard-list", args=[slug]), {**self.params, **changed})

    def within(self, slug: str, **changed: str) -> str:
        """This list under another piece, group or order."""
        own = {"group": self.group, "sort": self.sort if self.sort != "oldest" else ""}
        return self.list(slug, **{**self.piece, **own, **changed})


def _period(told: dict[str, Any], offered: list[Period]) -> Period:
    """From and to, or the named one; an open end is the one of the newest period."""
    chosen = named(str(told.get("period", "")), offered)
    if "first" not in told and "last" not in told:
        return chosen
    last: date = told.get("last") or max(chosen.last, told["first"])
    first: date = told.get("first") or min(chosen.first, last)
    first, last = min(first, last), max(first, last)
    return Period("", f"{first:%d %b %Y} to {last:%d %b %Y}", first, last)


def _url(path: str, params: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in params.items() if value})
    return f"{path}?{query}" if query else path
