"""Every number equals the sum of its list: in each currency, and before and after a late event."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Sum

from integrations.sla import terms as agreed
from integrations.sla.ageing import ageing, ageing_by
from integrations.sla.figures import billing_latency, mismatches, not_billed, posting
from integrations.sla.latency import quantile, summary
from integrations.sla.queries import items
from integrations.sla.rolling import PIECES, roll_forward
from integrations.sla.selecting import Filters
from integrations.sla.totals import by_currency, total, units
from tests.integrations.sla import story
from tests.integrations.sla.story import NOW, TERMS, told

pytestmark = pytest.mark.django_db
EVERYTHING = Filters()
OCTOBER = Filters(first=date(2026, 10, 1), last=date(2026, 10, 31))


@pytest.fixture
def firm(monkeypatch):
    """Four open lines in two currencies, one old, one not billable yet, and two invoices."""
    monkeypatch.setattr(agreed, "current", lambda: TERMS)
    gb = {"region": "UKI", "business_unit": "Advisory", "contract": "CC-1", "hours": "1.5"}
    de = {
        "region": "DACH",
        "business_unit": "Technology",
        "legal_entity": "MC-DE",
        "currency": "EUR",
    }
    story.approved("T-1", "2026-10-28T10:00", 100_01, **gb)
    story.approved("T-2", "2026-09-20T10:00", 200_03, **gb)
    story.approved("T-3", "2026-10-27T10:00", 300_00, **de)
    story.approved("T-4", "2026-10-20T10:00", 50_00, billable_on="2026-11-02", **gb)
    story.approved("T-5", "2026-10-01T10:00", 70_00, **gb)
    story.approved("T-6", "2026-10-01T10:00", 80_00, **de)
    story.invoiced("INV-5", "2026-10-05T08:00", ("T-5", 70_00), **gb)
    story.invoiced("INV-6", "2026-10-06T08:00", ("T-6", 80_00), **de)
    story.posted("INV-6", "2026-10-07T08:00", 80_00, **de)


def test_unbilled_money_is_told_in_each_currency_and_in_one(firm):
    figure = not_billed(EVERYTHING, TERMS, NOW)
    assert figure.currencies == {"EUR": 300_00, "GBP": 350_04}
    assert figure.value == 114_51 + 230_03 + 300_00 + 57_25
    assert (figure.n, figure.parts["late"]) == (4, 230_03)


def listed(slug: str, filters: Filters = EVERYTHING) -> tuple[int, dict[str, int]]:
    rows = items(slug, filters, now=NOW)
    return sum(row.worth for row in rows), by_currency(rows)


FIGURES = [not_billed, posting, mismatches]


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize(
    "filters",
    [
        EVERYTHING,
        Filters(region="UKI"),
        Filters(currency="EUR"),
        Filters(constant_fx=True, last=date(2026, 9, 15)),
    ],
    ids=["all", "a region", "a currency", "constant rates"],
)
def test_a_number_is_the_sum_of_its_list_before_and_after_a_late_event(firm, figure, filters):
    for version, flow in (("1", 7), ("2", 8)):
        signed = told("contract", "CC-1", "contract-signed", "2026-01-02", 1, version=version)
        story.tell("CC-1", signed, flow=flow)
    for _ in range(2):
        found = figure(filters, TERMS, NOW)
        assert listed(found.slug, filters) == (found.value, found.currencies)
        assert found.n == items(found.slug, filters, now=NOW).count()
        before = found.value
        story.approved("T-9", "2026-08-01T10:00", 999_99, region="UKI", contract="CC-1")
        story.invoiced("INV-9", "2026-10-28T10:00", ("T-2", 200_03), region="UKI")
    if figure is not_billed and filters == EVERYTHING:
        late = 1149_99  # 999.99 at the first rate
        assert figure(filters, TERMS, NOW).value == before
        assert before == 114_51 + 300_00 + 57_25 + late


def test_only_contracts_on_which_systems_disagree_are_counted(firm):
    story.tell("CC-1", told("contract", "CC-1", "contract-signed", "2026-01-02", 1, version=1))
    assert mismatches(EVERYTHING, TERMS, NOW).n == 0
    story.tell(
        "CC-1", told("contract", "CC-1", "contract-signed", "2026-01-02", 1, version="2"), flow=9
    )
    figure = mismatches(EVERYTHING, TERMS, NOW)
    assert (figure.n, figure.parts["contracts"], figure.currencies) == (3, 1, {"GBP": 350_04})


def test_ageing_adds_up_and_each_piece_is_its_own_list(firm):
    rows = units("approved-not-billed", EVERYTHING, TERMS, NOW)
    grid = ageing_by(rows, "business_unit", TERMS, NOW)
    pieces = ageing(grid, TERMS)
    assert [(one.label, one.n) for one in pieces] == [
        ("0–5", 3),
        ("6–10", 0),
        ("11–30", 1),
        ("31–60", 0),
        ("61–90", 0),
        ("91+", 0),
    ]
    assert sum(one.value for one in pieces) == total(rows)[0]
    for one in pieces:
        found = items("approved-not-billed", EVERYTHING, now=NOW, bucket=one.query["bucket"])
        assert (found.aggregate(Sum("worth"))["worth__sum"] or 0) == one.value
    assert sum(one.value for found in grid.values() for one in found) == total(rows)[0]


def test_the_roll_forward_closes_to_the_cent(firm):
    found = roll_forward(OCTOBER, TERMS, NOW)
    assert found.difference == 0
    assert found.opening.value == 230_03
    assert found.closing.value == not_billed(EVERYTHING, TERMS, NOW).value
    for piece in PIECES:
        rows = items("lines", OCTOBER, now=NOW, piece=piece)
        assert sum(row.worth for row in rows) == getattr(found, piece).value


def test_open_lines_past_the_threshold_count_as_bad_now(firm):
    figure = billing_latency(EVERYTHING, TERMS, NOW)
    assert figure.n == 2
    assert figure.parts["share"] == pytest.approx(100 * 80_00 / (80_00 + 230_03))
    assert figure.state == "breach"


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 2.0), (0.9, 4.0), (0.25, 1.0), (0.26, 2.0), (1.0, 4.0)]
)
def test_a_quantile_is_a_value_that_was_seen(share, expected):
    assert quantile([1.0, 2.0, 3.0, 4.0], share) == expected
    assert quantile([], share) is None


def test_a_share_is_of_money_not_of_lines():
    found = summary([(1.0, 900), (9.0, 100)], open_late=1, limit=5)
    assert (found.share, found.p50) == (90.0, 1.0)
