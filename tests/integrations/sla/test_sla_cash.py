"""Hand-offs, cash and capture: by money, and equal to the list behind each."""

from __future__ import annotations

from datetime import date

import pytest

from integrations.sla import terms as agreed
from integrations.sla.capturing import capture
from integrations.sla.paying import cash_days
from integrations.sla.queries import Filters, items
from integrations.sla.stages import heat
from integrations.sla.synchronised import synchronisation
from tests.integrations.sla import story
from tests.integrations.sla.story import NOW, TERMS, told

EVERYTHING = Filters()
OCTOBER = Filters(first=date(2026, 10, 1), last=date(2026, 10, 31))


@pytest.fixture
def firm(db, monkeypatch):
    """Two invoices of September, paid; one of them in two parts. A third is not paid."""
    monkeypatch.setattr(agreed, "current", lambda: TERMS)
    euro = {"currency": "EUR", "legal_entity": "MC-DE", "business_unit": "Advisory"}
    for key, money, region in (("T-1", 100_00, "UKI"), ("T-2", 300_00, "DACH"), ("T-3", 70_00, "")):
        story.approved(key, "2026-09-07T08:00", money, region=region, **euro)
    invoices = (
        ("INV-1", "T-1", 8, 100_00),
        ("INV-2", "T-2", 14, 300_00),
        ("INV-3", "T-3", 8, 70_00),
    )
    for number, key, day, money in invoices:
        when = f"2026-09-{day:02}T08:00"
        story.invoiced(number, when, (key, money), due_on="2026-10-01", **euro)
        story.posted(number, f"2026-09-{day + 1:02}T08:00", money, **euro)
    pay("PAY-1", "INV-1", "2026-10-01T00:00", 100_00)
    pay("PAY-2", "INV-2", "2026-10-01T00:00", 200_00)
    pay("PAY-3", "INV-2", "2026-10-21T00:00", 100_00)


def pay(key: str, number: str, when: str, money: int) -> None:
    fact = told("payment", key, "payment-applied", when, money, invoice=number, currency="EUR")
    story.tell(key, fact, flow=4)


def test_synchronisation_is_weighted_by_money_and_split_by_region(firm):
    found = synchronisation(EVERYTHING, TERMS, NOW)
    days = {cell.region: cell.days for cell in heat(EVERYTHING, TERMS, NOW)}
    assert (found.n, found.parts["money"]) == (2, 400_00)
    assert found.parts["p50"] == found.parts["p90"] == days["DACH"]
    assert days["UKI"] == pytest.approx(1.0)
    rows = items(found.slug, EVERYTHING, now=NOW)
    assert (rows.count(), sum(row.worth for row in rows)) == (2, 400_00)
    alone = synchronisation(Filters(region="UKI"), TERMS, NOW)
    assert (alone.value, alone.n) == (days["UKI"], 1)


def test_a_payment_in_parts_counts_pro_rata_and_payment_terms_are_taken_off(firm):
    found = cash_days(EVERYTHING, TERMS, NOW)
    rows = items(found.slug, EVERYTHING, now=NOW)
    assert (found.n, found.parts["money"]) == (3, sum(row.worth for row in rows)) == (3, 400_00)
    whole = 30 + 16 / 24
    terms_of_2 = 16 + 14 / 24  # Berlin's midnight of the first, less the issue on the 14th
    first = 23 + 16 / 24 - terms_of_2
    assert found.parts["p50"] == pytest.approx(first)
    assert found.parts["p90"] == pytest.approx(first + 20)
    assert whole > found.parts["p90"]


@pytest.mark.parametrize("filters", [EVERYTHING, OCTOBER, Filters(region="UKI")])
def test_cash_and_hand_offs_are_the_sum_of_their_lists_before_and_after_a_late_event(firm, filters):
    for _ in range(2):
        for figure in (synchronisation, cash_days):
            found = figure(filters, TERMS, NOW)
            rows = items(found.slug, filters, now=NOW)
            assert (found.n, found.parts["money"]) == (len(rows), sum(row.worth for row in rows))
        pay("PAY-9", "INV-3", "2026-10-02T00:00", 70_00)


def test_capture_is_what_was_invoiced_in_its_month(firm):
    story.approved("T-9", "2026-09-20T08:00", 130_00, currency="EUR", legal_entity="MC-DE")
    found = capture(EVERYTHING, TERMS, NOW)
    assert (found.parts["earned"], found.parts["missed"]) == (600_00, 130_00)
    assert found.value == pytest.approx(100 * 470 / 600)
    rows = items(found.slug, EVERYTHING, now=NOW)
    assert [(row.key, row.worth) for row in rows] == [("T-9", 130_00)]
    earned = items("revenue-earned", EVERYTHING, now=NOW)
    assert sum(row.worth for row in earned) == 600_00
    story.invoiced("INV-9", "2026-10-02T08:00", ("T-9", 130_00), currency="EUR")
    assert capture(EVERYTHING, TERMS, NOW).parts["missed"] == 130_00
    story.invoiced("INV-9", "2026-09-28T08:00", ("T-9", 130_00), currency="EUR")
    assert capture(EVERYTHING, TERMS, NOW).value is not None


def test_credits_are_told_against_what_was_invoiced(firm):
    credit = told(
        "credit", "CM-1", "credited", "2026-10-05", 47_00, invoice="INV-1", currency="EUR"
    )
    story.tell("CM-1", credit, flow=5)
    found = capture(EVERYTHING, TERMS, NOW)
    assert (found.parts["invoiced"], found.parts["adjusted"]) == (470_00, 47_00)
    assert found.parts["adjusted_share"] == pytest.approx(10)
    rows = items("credits-given", EVERYTHING, now=NOW)
    assert [row.key for row in rows] == ["CM-1"]
