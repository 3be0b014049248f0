"""What two systems say of the same things: found, told in a case, healed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.agreements.models import Agreement
from integrations.cases.models import Case
from integrations.connectors.stores import store
from integrations.reconciliation.models import Break, ComparedRecord, ReconciliationRun
from integrations.reconciliation.services import reconcile
from tests.firm import NOW
from tests.integrations.messages.path import open_cases
from tests.integrations.reconciliation import story

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(firm) -> dict[str, Agreement]:
    return story.agreed()


def test_what_agrees_is_matched_and_tells_nobody(both):
    story.here("T-1")
    story.there("T-1", amount="100.01")
    assert story.looked(both) == 2
    assert (story.breaks(), Case.objects.count()) == ([], 0)
    assert set(ComparedRecord.objects.values_list("outcome", flat=True)) == {"matched"}


def test_each_kind_of_break_is_found_with_its_difference(both):
    story.here("missing-there")
    story.there("missing-here", amount="70.00")
    story.here("amount")
    story.there("amount", amount="99.00")
    story.here("currency")
    story.there("currency", currency="USD")
    story.here("state", role="architect")
    story.there("state")
    story.looked(both)
    assert story.breaks() == [
        ("amount", "amount", 100),
        ("currency", "currency", 10_000),
        ("missing-here", "missing_left", -7_000),
        ("missing-there", "missing_right", 10_000),
        ("state", "state", 0),
    ]


def test_a_break_is_a_case_that_says_what_both_systems_hold(both):
    story.here("T-1")
    story.there("T-1", amount="99.00")
    story.looked(both)
    [case] = Case.objects.all()
    assert (case.klass, case.title) == ("break", "Time and charges: Amount differs")
    assert case.detail["message"] == "Amount of T-1 is another amount in psa than in billing"
    assert (case.detail["value"], case.detail["expected"]) == ("100", "99")
    assert Break.objects.get().case == case


def test_a_break_that_heals_closes_its_case(both):
    story.here("T-1")
    story.there("T-1", amount="99.00")
    story.looked(both)
    story.there("T-1")
    story.looked(both, minute=5)
    assert (story.breaks(), open_cases()) == ([], [])
    case = Case.objects.get()
    assert (case.state, case.resolution) == ("resolved", "Both systems agree again")


def test_a_deleted_record_is_missing(both):
    story.here("T-1")
    story.there("T-1")
    story.looked(both)
    store("billing-main").delete("item", "T-1")
    story.looked(both, minute=5)
    assert story.breaks() == [("T-1", "missing_right", 10_000)]


def test_a_break_counts_only_once_both_systems_were_read_since(both):
    story.here("T-1")
    story.read(both["charges"], now=NOW)
    story.read(both["time"], now=NOW + timedelta(seconds=10))
    reconcile(now=NOW + timedelta(seconds=20))
    assert (story.breaks(), Break.objects.get().state, Case.objects.count()) == ([], "under_way", 0)
    story.there("T-1")
    story.read(both["charges"], now=NOW + timedelta(seconds=30))
    reconcile(now=NOW + timedelta(seconds=40))
    assert (Break.objects.get().state, Case.objects.count()) == ("healed", 0)


def test_a_pass_that_finds_nothing_new_leaves_no_trace_and_costs_the_same(both):
    for n in range(30):
        story.here(f"T-{n}")
        story.there(f"T-{n}")
    story.looked(both)
    runs = ReconciliationRun.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert reconcile(now=NOW + timedelta(hours=1)) == 0
    for n in range(30, 200):
        story.here(f"T-{n}")
        story.there(f"T-{n}")
    story.looked(both, minute=90)
    with CaptureQueriesContext(connection) as many:
        assert reconcile(now=NOW + timedelta(hours=3)) == 0
    assert len(many) == len(few) < 25
    assert ReconciliationRun.objects.count() == runs + 1


def test_another_rule_compares_everything_anew_and_one_that_is_gone_ends(both):
    story.here("T-1", role="architect")
    story.there("T-1")
    story.looked(both)
    assert story.breaks() == [("T-1", "state", 0)]
    fields = story.RULE["fields"][:1]
    both = story.agreed(fields=fields)
    assert reconcile(now=NOW + timedelta(minutes=2)) == 2
    assert (story.breaks(), open_cases()) == ([], [])


def test_where_no_counterpart_is_asked_for_none_is_missed(firm):
    both = story.agreed(missing="left")
    story.there("T-9")
    story.looked(both)
    assert story.breaks() == []
    assert ComparedRecord.objects.get().outcome == "alone"


def test_one_case_stands_for_a_record_and_is_opened_again_if_it_breaks_again(both):
    story.here("T-1")
    story.looked(both)
    story.there("T-1")
    story.looked(both, minute=5)
    store("billing-main").delete("item", "T-1")
    story.looked(both, minute=10)
    states = Case.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["resolved", "open"]
