"""A unit is what its facts say, in whatever order they came."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sla.models import MilestoneFact, Unit
from integrations.sla.money import Rates, slices
from integrations.sla.telling import compile_telling
from integrations.sla.units import Fact, fold
from tests.integrations.sla import story
from tests.integrations.sla.story import TERMS, at, told

DAY = 8.5 * 3600
RULES = [
    {
        "process": "p",
        "milestone": "invoice-issued",
        "unit": "line",
        "each": "lines[].sources[]",
        "when": "status == 'issued'",
        "key": "item.id",
        "at": "issued_at",
        "amount": "item.amount",
        "currency": "currency",
        "attributes": {"invoice": "number", "kind": "item.kind"},
    }
]
INVOICE = {
    "number": "INV-1",
    "status": "issued",
    "issued_at": "2026-10-05T09:00:00Z",
    "currency": "GBP",
    "lines": [{"sources": [{"id": "T-1", "amount": "10.50", "kind": "time"}, {"id": "T-2"}]}],
}


def test_each_element_of_a_list_tells_for_itself():
    found = compile_telling(RULES)(INVOICE)
    assert [(one.key, one.amount_minor, one.attributes) for one in found] == [
        ("T-1", 1050, {"invoice": "INV-1", "kind": "time"}),
        ("T-2", None, {"invoice": "INV-1"}),
    ]


@pytest.mark.parametrize("change", [{"status": "draft"}, {"issued_at": None}, {"lines": []}])
def test_what_has_not_happened_is_not_told(change):
    assert compile_telling(RULES)(INVOICE | change) == []


facts = st.lists(
    st.builds(
        Fact,
        st.sampled_from(["time-approved", "invoice-issued", "invoice-posted"]),
        st.integers(0, 30).map(lambda n: at(f"2026-10-{n % 28 + 1:02d}T10:00")),
        st.integers(0, 10_000),
        st.just("GBP"),
        st.fixed_dictionaries({"customer": st.sampled_from(["A", "B"])}),
    ),
    min_size=1,
    max_size=6,
)


@given(facts, st.randoms(use_true_random=False))
def test_the_order_of_arrival_plays_no_part(found, chance: random.Random):
    shuffled = [*found]
    chance.shuffle(shuffled)
    assert fold("line", shuffled, TERMS) == fold("line", found, TERMS)


@pytest.mark.django_db
def test_a_line_goes_from_approval_to_cash_with_its_invoice():
    story.paid("APP-1", "INV-1", "2026-10-20T10:00", 100_00)
    story.posted("INV-1", "2026-10-08T08:00", 100_00)
    story.invoiced("INV-1", "2026-10-07T08:00", ("T-1", 100_00))
    story.approved("T-1", "2026-10-06T08:00", 100_00, customer="ACME")
    line = Unit.objects.get(unit="line", key="T-1")
    assert (line.customer, line.invoice, line.base_minor) == ("ACME", "INV-1", 114_50)
    assert (line.posted_at, line.applied_at) == (at("2026-10-08T08:00"), at("2026-10-20T10:00"))
    assert line.latency_seconds == 2 * DAY
    assert line.hops["posting"] == DAY


@pytest.mark.django_db
def test_a_part_payment_does_not_settle_a_line():
    story.approved("T-1", "2026-10-06T08:00", 100_00)
    story.invoiced("INV-1", "2026-10-07T08:00", ("T-1", 100_00))
    story.paid("APP-1", "INV-1", "2026-10-20T10:00", 40_00)
    assert Unit.objects.get(unit="invoice").applied_minor == 40_00
    assert Unit.objects.get(unit="line").applied_at is None
    story.paid("APP-2", "INV-1", "2026-10-25T10:00", 60_00)
    assert Unit.objects.get(unit="line").applied_at == at("2026-10-25T10:00")


@pytest.mark.django_db
def test_a_newer_version_speaks_for_its_record_and_an_older_one_never_again():
    story.approved("T-1", "2026-10-06T08:00", 100_00)
    newer = told("line", "T-1", "time-approved", "2026-10-06T08:00", 120_00)
    story.tell("T-1", newer, sequence=2)
    story.tell("T-1", told("line", "T-1", "time-approved", "2026-10-06T08:00", 1), sequence=1)
    assert Unit.objects.get().amount_minor == 120_00
    assert MilestoneFact.objects.count() == 1
    story.tell("T-1", sequence=3)
    assert (Unit.objects.count(), MilestoneFact.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_what_is_billable_later_is_not_late_before():
    when = "2026-10-06T08:00"
    story.tell("T-1", told("line", "T-1", "time-approved", when, 1, billable_on="2026-11-02"))
    assert Unit.objects.get().start_at == at("2026-11-02T00:00")


def test_a_rate_holds_until_the_next():
    rates = TERMS.rates
    assert rates.convert(100_00, "GBP", date(2026, 9, 30)) == (115_00, date(2026, 9, 1))
    assert rates.convert(100_00, "GBP", date(2026, 10, 1)) == (114_50, date(2026, 10, 1))
    assert rates.convert(7, "EUR", date(2026, 10, 1)) == (7, None)
    assert rates.convert(7, "USD", date(2026, 10, 1)) is None
    yen = Rates.from_document(
        {"base": "EUR", "rates": [{"on": "2026-01-01", "currency": "JPY", "rate": "0.006"}]}
    )
    assert yen.convert(1_000, "JPY", date(2026, 2, 1)) == (6_00, date(2026, 1, 1))


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_slices_add_up(total, weights):
    assert sum(slices(total, weights)) == total
