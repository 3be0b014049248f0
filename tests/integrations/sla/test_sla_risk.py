"""Money at risk counts each unit once, under the earliest open cause; slices are the total."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance.ownership.models import Domain
from integrations.cases.models import Case
from integrations.sla import terms as agreed
from integrations.sla.losses import Risk, delay, expected
from integrations.sla.models import Exposure
from integrations.sla.queries import Filters
from integrations.sla.risks import causes, exposures, parts
from tests.integrations.sla import story
from tests.integrations.sla.story import NOW, TERMS, exposed, told


@pytest.fixture
def domain(db, monkeypatch):
    monkeypatch.setattr(agreed, "current", lambda: TERMS)
    return Domain.objects.create(slug="billing", name="Billing", status="active")


def case(domain, key: str, *, hours: int, klass: str = "mapping", **more) -> Case:
    opened = NOW - timedelta(hours=hours)
    return Case.objects.create(
        klass=klass,
        title=f"About {key}",
        fingerprint=key,
        domain=domain,
        system="erp",
        connection=key,
        business_key=key,
        opened_at=opened,
        due_at=opened + timedelta(hours=4),
        **more,
    )


@pytest.fixture
def firm(domain):
    """A project with two unbilled lines and one billed; an issued invoice; a payment left over."""
    for key, money in (("T-1", 100_00), ("T-2", 200_00), ("T-3", 300_00)):
        story.approved(key, "2026-10-20T10:00", money, currency="EUR", project="PRJ-1")
    story.tell("PRJ-1", told("project", "PRJ-1", "project-activated", "2026-01-01", 1))
    story.invoiced("INV-3", "2026-10-21T08:00", ("T-3", 300_00), currency="EUR")
    story.tell(
        "PAY-1", told("payment", "PAY-1", "payment-received", "2026-10-22", 500_00, currency="EUR")
    )
    return domain


def test_a_project_blocks_its_approved_unbilled_lines(firm):
    case(firm, "PRJ-1", hours=5)
    assert exposed(NOW) == 2
    assert {(one.unit.key, one.base_minor) for one in Exposure.objects.all()} == {
        ("T-1", 100_00),
        ("T-2", 200_00),
    }


def test_a_unit_that_five_things_block_counts_once_under_the_earliest(firm):
    first = case(firm, "PRJ-1", hours=5)
    second = case(firm, "T-1", hours=2)
    case(firm, "INV-3", hours=1)
    case(firm, "PAY-1", hours=1, amount_minor=40_00, currency="EUR")
    assert exposed(NOW) == exposed(NOW) == 4
    assert Exposure.objects.get(unit__key="T-1").case == first
    rows = exposures(Filters(), TERMS, NOW)
    assert parts(rows) == {"unbilled": 300_00, "unposted": 300_00, "unapplied": 40_00}
    assert sum(one.value for one in causes(rows)) == sum(row.worth for row in rows) == 640_00
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.exposure_minor, second.exposure_minor) == (300_00, 0)


def test_closing_the_first_cause_leaves_the_unit_to_the_second(firm):
    first, second = case(firm, "PRJ-1", hours=5), case(firm, "T-1", hours=2)
    exposed(NOW)
    Case.objects.filter(pk=first.pk).update(state="resolved", closed_at=NOW)
    exposed(NOW)
    at_risk = Exposure.objects.filter(state="at_risk")
    assert [(one.unit.key, one.case_id) for one in at_risk] == [("T-1", second.pk)]
    assert Exposure.objects.get(unit__key="T-2").state == "recovered"


def test_what_a_person_gave_up_has_leaked(firm):
    only = case(firm, "T-1", hours=2)
    exposed(NOW)
    Case.objects.filter(pk=only.pk).update(state="dismissed", closed_at=NOW)
    exposed(NOW)
    assert Exposure.objects.get().state == "leaked"


def test_the_first_row_of_the_loss_table_that_matches_counts():
    table = {
        "cost_of_capital": "0.10",
        "rows": [
            {"class": "mapping", "age_up_to_days": 10, "probability": "0.01"},
            {"contract_type": "t_and_m", "probability": "0.5"},
        ],
    }
    fresh = Risk(money=100_000, klass="mapping", contract_type="t_and_m", age=3, late=36.5)
    assert (expected(fresh, table), delay(fresh, table)) == (1_000, 1_000)
    old = Risk(money=100_000, klass="mapping", contract_type="t_and_m", age=30, late=0)
    assert expected(old, table) == 50_000
    assert expected(Risk(100_000, "data", "fixed", 1, 0), table) == 0
    assert expected(fresh, None) == 0
