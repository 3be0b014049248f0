"""Where the parts of a drawing stand."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.web.catalogue.drawing import (
    LEFT,
    RIGHT,
    Node,
    Stretch,
    lineage,
    timeline,
)

TODAY = date(2026, 11, 23)
days = st.dates(min_value=date(2015, 1, 1), max_value=date(2040, 12, 31))


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    begins = draw(st.none() | days.filter(lambda day: day <= TODAY))
    ended = draw(st.none() | st.just(begins + timedelta(days=40))) if begins else None
    words = draw(st.text(max_size=40))
    return Stretch("1.0.0", "/x/", "active", words, begins, ended, draw(st.none() | days))


@given(st.lists(stretches(), min_size=1, max_size=8))
def test_every_bar_stands_inside_the_drawing(drawn: list[Stretch]) -> None:
    found = timeline(drawn, today=TODAY)
    assert found is not None
    assert LEFT <= found.now <= RIGHT
    for bar in found.bars:
        for left, width in (bar.solid, bar.dashed):
            if width:
                assert LEFT <= left <= left + width <= RIGHT + 3
    assert len({bar.y for bar in found.bars}) == len(drawn)


def test_what_is_over_ends_before_today_and_what_runs_goes_on() -> None:
    over = Stretch("1", "", "draft", "", TODAY - timedelta(90), TODAY - timedelta(30), None)
    runs = Stretch("2", "", "active", "", TODAY - timedelta(30), None, None)
    coming = Stretch("3", "", "review", "", None, None, None)
    found = timeline([over, runs, coming], today=TODAY)
    assert found is not None
    first, second, third = found.bars
    assert (first.dashed, third.solid) == ((0.0, 0.0), (0.0, 0.0))
    assert first.solid[0] + first.solid[1] == second.solid[0]
    assert round(second.solid[0] + second.solid[1], 1) == found.now == second.dashed[0]
    assert third.dashed == second.dashed


def test_nothing_is_drawn_of_nothing() -> None:
    assert timeline([], today=TODAY) is None


def test_lineage_joins_each_neighbour_once() -> None:
    nodes = [Node(f"System {n}", "invoices and credit memos of every kind", "/") for n in range(3)]
    found = lineage(nodes[:2], Node("Billing", "", "/"), nodes)
    assert len(found.boxes) == 6
    assert found.path.count("M") == 5
    assert {len(box.sub) for box in found.boxes if not box.centre} == {28}
