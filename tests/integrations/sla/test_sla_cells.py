"""Cells repair themselves: whatever comes late or is corrected, they are what a rebuild gives."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from integrations.sla import terms as agreed
from integrations.sla.figures import billing_latency, not_billed
from integrations.sla.models import DirtyDay, MetricCell, Unit
from integrations.sla.queries import Filters, trend
from integrations.sla.rebuilding import rebuild, verify
from integrations.sla.rollup import roll
from integrations.sla.synchronised import synchronisation
from tests.integrations.sla import story
from tests.integrations.sla.story import NOW, TERMS

COLUMNS = [f.name for f in MetricCell._meta.concrete_fields if f.name not in {"id", "verified_at"}]
EURO = {"currency": "EUR", "legal_entity": "MC-DE"}


def rolled() -> list[tuple]:
    """Every cell, once nothing is dirty."""
    while roll(TERMS, NOW, guard=lambda: None):
        pass
    return everything()


def everything() -> list[tuple]:
    return sorted(map(repr, MetricCell.objects.values_list(*COLUMNS)))


@pytest.fixture
def firm(db, monkeypatch):
    """Two lines posted in two zones, one of them paid, and one that is open."""
    with time_machine.travel(NOW, tick=False):
        _firm(monkeypatch)
        yield


def _firm(monkeypatch) -> None:
    monkeypatch.setattr(agreed, "current", lambda: TERMS)
    story.approved("T-1", "2026-10-05T23:30", 100_00, region="UKI")
    story.approved("T-2", "2026-10-05T22:30", 300_00, region="DACH", **EURO)
    story.approved("T-3", "2026-08-03T10:00", 500_00, region="DACH", **EURO)
    for number, key, money, more in (("INV-1", "T-1", 100_00, {}), ("INV-2", "T-2", 300_00, EURO)):
        story.invoiced(number, "2026-10-12T10:00", (key, money), **more)
        story.posted(number, "2026-10-27T10:00", money, **more)
    story.paid("PAY-1", "INV-1", "2026-10-28T10:00", 100_00)


def days(metric: str, grain: str = "day") -> list[tuple]:
    rows = MetricCell.objects.filter(metric=metric, grain=grain).order_by("period", "legal_entity")
    return [(str(row.day), row.legal_entity, row.n, row.sum_minor) for row in rows]


def test_the_zone_of_the_legal_entity_decides_the_day(firm):
    rolled()
    assert days("approved") == [
        ("2026-08-03", "MC-DE", 1, 500_00),
        ("2026-10-06", "MC-DE", 1, 300_00),
        ("2026-10-06", "MC-GB", 1, 114_50),
    ]
    assert days("billing-latency", "hour") == days("billing-latency")
    assert days("approved", "hour") == []
    assert not DirtyDay.objects.exists()


@pytest.mark.parametrize(
    "late",
    [
        lambda: story.approved("T-9", "2026-09-01T10:00", 900_00, region="UKI"),
        lambda: story.posted("INV-1", "2026-10-20T10:00", 100_00),
        lambda: story.posted("INV-2", "2026-10-27T11:00", 300_00, **EURO),
        lambda: story.tell("T-1", sequence=2),
        lambda: story.approved("T-3", "2026-08-04T10:00", 50_00, region="UKI", **EURO),
    ],
    ids=[
        "a late line",
        "an earlier posting",
        "another hour",
        "a line that is gone",
        "a correction",
    ],
)
def test_a_late_event_or_correction_marks_its_days_and_cells_become_what_a_rebuild_gives(
    firm, late
):
    before = rolled()
    late()
    assert DirtyDay.objects.exists()
    after = rolled()
    assert before != after
    rebuild(TERMS, NOW)
    assert everything() == after


def test_cells_add_up_to_the_figures_that_facts_give(firm):
    rolled()
    points = {str(one.first): one for one in trend("billing-latency", Filters(), now=NOW).points}
    exact = billing_latency(Filters(), TERMS, NOW)
    found = points["2026-10-01"]
    assert (len(points), found.n) == (12, 2)
    posted = sorted(
        unit.latency_seconds / TERMS.calendar(unit.legal_entity).day_seconds
        for unit in Unit.objects.filter(latency_seconds__isnull=False)
    )
    assert found.value == pytest.approx(posted[0], rel=0.01)
    assert found.high == pytest.approx(posted[-1], rel=0.01)
    assert exact.parts["p95"] >= found.high * 0.99
    hand_over = trend("project-to-cash-synchronisation", Filters(), now=NOW).points[-1]
    assert hand_over.high == pytest.approx(synchronisation(Filters(), TERMS, NOW).value, rel=0.01)
    for filters in (Filters(), Filters(region="DACH"), Filters(currency="GBP")):
        stock = trend("approved-not-billed", filters, now=NOW).points[-1]
        figure = not_billed(filters, TERMS, NOW)
        assert (stock.value, stock.n) == (figure.value, figure.n)


def test_what_cells_cannot_tell_has_no_trend(firm):
    rolled()
    assert trend("approved-not-billed", Filters(customer="C-1"), now=NOW).points == []
    assert trend("revenue-at-risk", Filters(), now=NOW).points == []


def test_a_recount_stamps_what_is_right_and_marks_what_is_not(firm):
    rolled()
    assert verify(TERMS, NOW) == 0
    assert trend("billing-latency", Filters(), now=NOW).verified_at == NOW
    assert not MetricCell.objects.filter(grain="day", verified_at=None).exists()
    MetricCell.objects.filter(metric="approved", day="2026-08-03").update(n=7)
    assert verify(TERMS, NOW + timedelta(days=1)) == 1
    assert DirtyDay.objects.get().metric == "approved"
    right = rolled()
    rebuild(TERMS, NOW)
    assert everything() == right


class AnyHistory(TestCase):
    """Whatever is told in whatever order."""

    moment = st.integers(0, 400).map(lambda n: f"2026-10-{n % 15 + 14:02}T{n % 24:02}:30")
    event = st.tuples(
        st.sampled_from(["approved", "invoiced", "posted", "paid"]),
        st.integers(1, 4),
        moment,
        st.integers(-500, 9_999),
        st.booleans(),
    )

    @settings(max_examples=25)
    @given(st.lists(event, max_size=14))
    def test_cells_are_what_a_rebuild_gives(self, events):
        with time_machine.travel(NOW, tick=False):
            self.tell(events)

    def tell(self, events) -> None:
        for place, (what, number, when, money, roll_now) in enumerate(events):
            key, invoice = f"T-{number}", f"INV-{number % 2}"
            if what == "approved":
                story.approved(key, when, money, **EURO)
            elif what == "invoiced":
                story.invoiced(invoice, when, (key, money), **EURO)
            elif what == "posted":
                story.posted(invoice, when, money, **EURO)
            else:
                story.paid(f"PAY-{place}", invoice, when, money)
            if roll_now:
                rolled()
        found = rolled()
        rebuild(TERMS, NOW)
        assert everything() == found
        whole = MetricCell.objects.filter(metric="approved", grain="day")
        lines = Unit.objects.filter(unit="line", approved_at__isnull=False)
        told = whole.aggregate(money=Sum("sum_minor"), n=Sum("n"))
        exact = lines.aggregate(money=Sum("base_minor"))["money"]
        assert (told["money"], told["n"] or 0) == (exact, lines.count())
