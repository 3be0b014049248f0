"""The invented firm's twelve months: sizes, money to the cent, order of time."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pytest

from portal.demo.firm.calendar import NOW, ZONES, business_days, is_open, later
from portal.demo.firm.customers import ENTITIES
from portal.demo.firm.dice import Dice
from portal.demo.firm.fx import euros, fx_rate
from portal.demo.firm.world import World, build
from tests.portal.demo.house import House, house


@pytest.fixture(scope="module")
def world() -> World:
    return build()


@pytest.fixture(scope="module")
def firm():
    with house() as running:
        yield running


def _cents(text: str) -> int:
    return int(Decimal(text) * 100)


def test_the_firm_has_the_size_that_it_is_said_to_have(world):
    assert len(ENTITIES) == 3
    assert (len(world.customers), len(world.people)) == (41, 80)
    assert (len(world.contracts), len(world.projects)) == (60, 60)
    assert {one.unit for one in world.contracts.values()} == {
        "Advisory",
        "Technology",
        "Operations",
    }
    assert {one.region for one in world.contracts.values()} == {"UKI", "DACH", "NORDICS", "NA"}
    kinds = Counter(line.kind for line in world.lines)
    assert 38_000 <= kinds["time"] <= 42_000
    records = len(world.lines) + len(world.schedules) + 2 * len(world.invoices)
    records += len(world.payments) + len(world.applications) + len(world.credits)
    assert 45_000 <= records <= 55_000


def test_chance_is_the_same_on_every_machine():
    dice = Dice("a test")
    assert [dice.below(1000) for _ in range(5)] == [630, 952, 189, 568, 529]


def test_nothing_happens_before_its_cause_or_after_the_present(world):
    for line in world.lines:
        if line.approved_at:
            assert line.submitted_at < line.approved_at <= NOW, line
    for one in world.invoices:
        said = (one.drafted_at, one.issued_at, one.posted_at, one.sent_at)
        moments = [moment for moment in said if moment]
        assert all(a < b for a, b in pairwise(moments)), one.number
        assert moments[-1] <= NOW
        sources = [line for row in one.lines for line in row.sources]
        assert all(line.approved_at and line.approved_at < one.drafted_at for line in sources)


def test_no_line_is_billed_twice_and_none_is_billed_that_should_not_be(world):
    billed = Counter(line.id for one in world.invoices for row in one.lines for line in row.sources)
    assert set(billed.values()) == {1}
    states = {line.id: line.state for line in world.lines}
    assert {states[id] for id in billed} == {"invoiced", "charged"}
    invoiced = {line.id for line in world.lines if line.state == "invoiced"}
    assert invoiced <= set(billed)


def test_hours_times_rate_is_what_each_system_says(firm: House):
    for entry in firm.caller.psa("time_entries"):
        exact = Decimal(entry["hours"]) * Decimal(entry["bill_rate"])
        assert Decimal(entry["amount"]) == exact, entry


def test_invoices_add_up_over_http_line_by_line(firm: House):
    amounts = {one["id"]: _cents(one["amount"]) for one in firm.caller.psa("time_entries")}
    amounts |= {one["id"]: _cents(one["amount"]) for one in firm.caller.psa("expenses")}
    amounts |= {one["id"]: _cents(one["amount"]) for one in firm.caller.psa("milestones")}
    invoices = firm.caller.billing("invoices")
    assert len(invoices) == len(build().invoices)
    for invoice in invoices:
        for line in invoice["lines"]:
            assert line["net"] == sum(source["amount"] for source in line["sources"])
            assert all(amounts[one["id"]] == one["amount"] for one in line["sources"])
            if line["kind"] == "time":
                assert Decimal(line["quantity"]) * line["unit_price"] == line["net"]
            tax = Decimal(line["net"]) * Decimal(line["tax_rate"]) / 100
            assert line["tax"] == int(tax.quantize(Decimal(1), ROUND_HALF_UP))
        assert invoice["net"] == sum(line["net"] for line in invoice["lines"])
        assert invoice["tax"] == sum(line["tax"] for line in invoice["lines"])
        assert invoice["gross"] == invoice["net"] + invoice["tax"]


def test_open_items_are_gross_less_credits_less_applications(firm: House):
    store = firm.systems.erp.store
    store.reveal("receivables")
    store.reveal("applications")
    paid: dict[str, int] = defaultdict(int)
    credited: dict[str, int] = defaultdict(int)
    for one in firm.caller.erp("applications"):
        held = credited if one["credit_memo"] else paid
        held[one["document_number"]] += _cents(one["amount"])
    gross = {one["number"]: one["gross"] for one in firm.caller.billing("invoices")}
    receivables = firm.caller.erp("receivables")
    assert len(receivables) == len(firm.caller.erp("postings"))
    for one in receivables:
        number = one["document_number"]
        assert _cents(one["original_amount"]) == gross[number]
        assert _cents(one["credited_amount"]) == credited[number]
        assert _cents(one["applied_amount"]) == paid[number]
        assert _cents(one["open_amount"]) == gross[number] - credited[number] - paid[number] >= 0


def test_what_of_a_payment_is_applied_is_in_its_applications(firm: House):
    firm.systems.erp.store.reveal("applications")
    applied: dict[str, int] = defaultdict(int)
    for one in firm.caller.erp("applications"):
        applied[one["payment"]] += _cents(one["amount"])
    for one in firm.caller.erp("payments"):
        assert _cents(one["amount"]) - applied[one["id"]] == _cents(one["unapplied_amount"])


def test_posted_in_the_erp_is_posted_in_billing(firm: House):
    posted = {one["document_number"]: one for one in firm.caller.erp("postings")}
    for invoice in firm.caller.billing("invoices"):
        known = invoice["ledger"]["status"] == "posted"
        assert known == (invoice["number"] in posted), invoice["number"]
        if known:
            held = posted[invoice["number"]]
            sums = tuple(_cents(held[name]) for name in ("net", "tax", "gross"))
            assert sums == (invoice["net"], invoice["tax"], invoice["gross"])


def test_business_days_leave_out_nights_weekends_and_holidays():
    monday = NOW.replace(day=26, hour=9)
    assert business_days("MC-GB", monday, monday + timedelta(days=1)) == 1.0
    since_friday_in_summer_time = business_days("MC-GB", monday - timedelta(days=3), monday)
    assert since_friday_in_summer_time == 7.5 / 8.5
    assert business_days("MC-GB", monday, monday - timedelta(days=3)) == 0.0
    assert not is_open("MC-US", NOW.date().replace(day=12))
    assert later("MC-US", NOW.date().replace(day=9), 1).isoformat() == "2026-10-13"
    assert set(ZONES) == set(ENTITIES)


def test_euros_are_rounded_half_up_at_the_rate_of_the_day():
    october = NOW.date()
    assert fx_rate("GBP", october) == "1.1450"
    assert fx_rate("GBP", october.replace(month=9)) == "1.1470"
    assert euros(1582_000, "GBP", october) == 1_811_390
    assert euros(10, "GBP", october) == 11
    assert euros(-10, "GBP", october) == -11
    assert euros(123, "EUR", october) == 123
