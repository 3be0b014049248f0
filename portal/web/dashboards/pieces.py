"""A list cut into pieces: by cause, by region … each with its money, and together the list's."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sla.queries import Slice
from integrations.sla.selecting import BLANK
from integrations.sla.terms import Terms
from portal.accounts.models import User
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.causes import NOBODY, Problem, problems
from portal.web.dashboards.held import Held
from portal.web.dashboards.lists import LISTS, groups, word
from portal.web.dashboards.numbers import Number
from portal.web.dashboards.strips import Strip, strip

MOST = 12
"""Pieces that are shown; the rest stands in one line with its sum."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece, with the link to the problem where it is one."""

    title: str
    url: str
    money: Number
    count: Number
    strip: Strip | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """`choices` are (title, URL, current)."""

    by: str
    choices: list[tuple[str, str, bool]]
    pieces: list[Piece]
    rest: Slice | None


def cut(held: Held, *, person: User, terms: Terms) -> Cut | None:
    """By what the reader asks for, else by cause; never by what the list is narrowed to."""
    slug, asked = held.slug, held.asked
    offered = {
        name: title for name, title in groups(LISTS[slug]).items() if not _fixed(name, asked)
    }
    by = asked.group if asked.group in offered else next(iter(offered), "")
    if not by:
        return None
    slices = held.slices(by)
    largest = max((abs(one.value) for one in slices), default=0)
    named = problems(person, [one.label for one in slices]) if by == "cause" else {}
    return Cut(
        by=offered[by],
        choices=[
            (title, asked.within(slug, group=name), name == by) for name, title in offered.items()
        ],
        pieces=[_piece(slug, by, one, asked, named, terms, largest) for one in slices[:MOST]],
        rest=_rest(slices[MOST:]),
    )


def _fixed(name: str, asked: Asked) -> bool:
    """Whether the list is narrowed to one value of it already."""
    return bool(asked.piece.get(name) or getattr(asked.filters, name, ""))


def _piece(
    slug: str,
    by: str,
    one: Slice,
    asked: Asked,
    named: dict[str, Problem],
    terms: Terms,
    largest: int,
) -> Piece:
    url = asked.within(slug, group="", **one.query)
    problem = named.get(one.label)
    unnamed = NOBODY if by == "cause" and one.label == BLANK else word(by, one.label, terms)
    shares = [(float(one.value), "f2"), (float(largest - abs(one.value)), "f-none")]
    return Piece(
        title=problem.title if problem else unnamed,
        url=url,
        money=Number("worth", one.value, url, terms.rates.base),
        count=Number("n", one.n, url),
        strip=strip("", shares) if largest else None,
        problem=problem,
    )


def _rest(slices: list[Slice]) -> Slice | None:
    if not slices:
        return None
    return Slice(
        f"{len(slices)} more", sum(one.value for one in slices), sum(one.n for one in slices)
    )
