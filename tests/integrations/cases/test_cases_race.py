"""Many at once: one case per subject, one claim, one signature."""

from __future__ import annotations

import itertools

import pytest

from integrations.cases import services
from integrations.cases.models import Case, CaseEvent
from integrations.errors import Refused
from portal.accounts.models import User
from tests.firm import NOW
from tests.integrations.cases.conftest import arrived, case_of
from tests.integrations.sync.test_runs_race import RIVALS, agreed, alone, shared, together

__all__ = ["agreed", "arrived", "case_of", "shared"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def firm(agreed):
    """In a database that threads can share."""
    return agreed


def test_a_failure_told_by_many_workers_is_one_case(firm, arrived, shared):
    message = arrived()
    shared()
    made = together(
        lambda: (
            services.open_case(
                klass="data", title="x", detail={}, agreement=firm, message=message, now=NOW
            ).pk
        )
    )
    assert len(set(made)) == 1
    assert alone(lambda: (Case.objects.count(), CaseEvent.objects.count())) == (1, 1)


def test_of_two_who_claim_at_once_one_has_it(case_of, shared):
    case = case_of()
    shared()
    names = itertools.cycle(["stan", "stella"])

    def claim(name: str) -> str:
        try:
            by = User.objects.get(username=name)
            return services.claim(case=case, by=by, now=NOW).claimed_by.username
        except Refused:
            return ""

    got = together(lambda: claim(next(names)))
    assert len(set(got) - {""}) == 1
    claimed = alone(lambda: CaseEvent.objects.filter(action="claimed").count())
    assert claimed == 1


def test_two_signatures_at_once_dismiss_once(case_of, shared):
    case = case_of()
    services.dismiss(case=case, by=User.objects.get(username="stan"), reason="test", now=NOW)
    shared()

    def sign() -> str:
        try:
            by = User.objects.get(username="stella")
            return services.sign(case=case, by=by, reason="seen", now=NOW).state
        except Refused:
            return ""

    assert sorted(together(sign)) == [""] * (RIVALS - 1) + ["dismissed"]
    dismissed = alone(lambda: CaseEvent.objects.filter(action="dismissed").count())
    assert dismissed == 1
