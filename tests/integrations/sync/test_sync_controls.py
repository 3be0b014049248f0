"""Controls of a flow: told of, never held back, and over when the next version keeps them."""

from __future__ import annotations

import pytest

from governance.errors import InvalidDocument
from integrations.cases.models import Case
from integrations.cases.services import dismiss
from integrations.sync.sweep import sweep
from tests import firm as sample
from tests.integrations.messages import path

pytestmark = pytest.mark.django_db
NO_CUSTOMER = {
    "slug": "no-customer",
    "name": "Time without a customer",
    "when": "!customer",
    "say": "Nobody will pay for it: name the customer",
}
LONG = {"slug": "long", "name": "A long day", "when": "hours > `12`", "say": "Ask whether it is so"}


@pytest.fixture
def controlled(firm):
    return path.flow(controls=[NO_CUSTOMER, LONG])


def run(agreement, **entry):
    path.put("a", **entry)
    path.settle(agreement)


def test_a_record_that_breaks_a_control_is_delivered_and_told_of(controlled):
    run(controlled)
    [case] = Case.objects.all()
    assert (case.klass, case.state, case.title) == ("control", "open", "Time without a customer")
    assert case.detail == {"rule": "no-customer", "message": NO_CUSTOMER["say"]}
    assert (case.business_key, case.amount_minor, case.currency) == ("P-1", 10_000, "EUR")
    assert path.states() == ["applied"]


def test_a_record_that_keeps_them_is_not(controlled):
    run(controlled, customer="ACME")
    assert Case.objects.count() == 0


def test_the_first_control_that_is_broken_is_told(controlled):
    run(controlled, hours="13")
    assert [one.detail["rule"] for one in Case.objects.all()] == ["no-customer"]


def test_numbers_are_compared_exactly(controlled):
    run(controlled, customer="ACME", hours="12.01")
    assert [one.detail["rule"] for one in Case.objects.all()] == ["long"]
    run(controlled, customer="ACME", hours="12.00")
    assert path.open_cases() == []


def test_the_next_version_that_keeps_it_ends_the_case(controlled):
    run(controlled)
    run(controlled, customer="ACME")
    case = Case.objects.get()
    assert (case.state, case.resolution) == (
        "resolved",
        "The record's next version keeps the control",
    )


def test_the_next_version_that_breaks_it_too_is_the_case_then(controlled):
    run(controlled)
    run(controlled, amount="120.00")
    states = Case.objects.order_by("pk").values_list("state", "amount_minor")
    assert list(states) == [("resolved", 10_000), ("open", 12_000)]


def test_sweeping_leaves_it_open_and_two_people_may_dismiss_it(controlled, person):
    run(controlled)
    sweep(now=sample.NOW)
    [case] = Case.objects.all()
    assert case.state == "open"
    asked = dismiss(case=case, by=person("stan"), reason="a gift", now=sample.NOW)
    assert asked.state == "waiting_signature"


def test_a_control_stands_once_and_has_to_be_an_expression(firm):
    with pytest.raises(InvalidDocument, match="stands twice"):
        path.flow(controls=[NO_CUSTOMER, NO_CUSTOMER])
    with pytest.raises(InvalidDocument, match="no JMESPath"):
        path.flow(controls=[{**NO_CUSTOMER, "when": "a["}])
