"""Adherence and its error budget: what is due, what is late, and how fast the rest goes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from integrations.sla import terms as agreed
from integrations.sla.adherence import adherence
from integrations.sla.budgets import Alert, Budget, Counted, burn, said
from integrations.sla.queries import Filters, items
from tests.integrations.sla import story
from tests.integrations.sla.story import NOW, TERMS

EVERYTHING = Filters()


@pytest.fixture
def firm(db, monkeypatch):
    """Due in the last 28 days: one in time, one late, one open; one open that is due since May."""
    monkeypatch.setattr(agreed, "current", lambda: TERMS)
    story.approved("T-1", "2026-10-12T09:00", 100_00, region="UKI")
    story.approved("T-2", "2026-10-12T09:00", 200_00, region="UKI")
    story.approved("T-3", "2026-10-12T09:00", 300_00, region="DACH")
    story.approved("T-4", "2026-05-04T09:00", 400_00, region="DACH")
    story.approved("T-5", "2026-10-28T09:00", 500_00, region="DACH")
    story.approved("T-6", "2026-05-04T09:00", 600_00, region="DACH")
    story.invoiced("INV-1", "2026-10-13T09:00", ("T-1", 100_00))
    story.posted("INV-1", "2026-10-14T09:00", 100_00)
    story.invoiced("INV-2", "2026-10-26T09:00", ("T-2", 200_00))
    story.posted("INV-2", "2026-10-27T09:00", 200_00)
    story.invoiced("INV-6", "2026-05-12T09:00", ("T-6", 600_00))
    story.posted("INV-6", "2026-05-20T09:00", 600_00)


def test_lines_are_due_by_their_time_and_open_ones_stay_bad(firm):
    figure = adherence(EVERYTHING, TERMS, NOW)
    assert (figure.n, figure.parts["bad"], figure.value) == (4, 3, 25.0)
    assert {row.key for row in items("sla-adherence", EVERYTHING, now=NOW)} == {"T-2", "T-3", "T-4"}


@pytest.mark.parametrize("filters", [EVERYTHING, Filters(region="DACH"), Filters(currency="GBP")])
def test_the_used_budget_is_its_list_before_and_after_a_late_event(firm, filters):
    for _ in range(2):
        figure = adherence(filters, TERMS, NOW)
        assert figure.parts["bad"] == items("sla-adherence", filters, now=NOW).count()
        story.approved("T-9", "2026-10-05T09:00", 900_00, region="DACH")


def test_the_budget_is_said_in_words():
    budget = Budget(Counted(valid=800, bad=17), Decimal(95))
    assert (budget.permitted, budget.left) == (40, 23)
    days = budget.days_left(Counted(valid=100, bad=10), days=5)
    assert said(budget, days) == (
        "17 of 40 permitted late lines used, 12 business days left at this pace"
    )
    spent = Budget(Counted(valid=100, bad=9), Decimal(95))
    assert said(spent, 0.0) == "9 of 5 permitted late lines used, 4 more than permitted"
    assert said(Budget(Counted(0, 0), Decimal(95)), None) == "nothing was due"


def test_few_bad_ones_ring_no_alert_however_fast_they_burn():
    alert = Alert(rate=6, minimum=5)
    assert burn(Counted(valid=10, bad=4), 0.05) == pytest.approx(8)
    assert not alert.rings(Counted(valid=10, bad=4), 0.05)
    assert alert.rings(Counted(valid=10, bad=5), 0.05)
    assert not alert.rings(Counted(valid=100, bad=10), 0.05)
