"""What runs accept and plan is folded once, whatever rings how often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.cases.models import Case
from integrations.messages.models import InboxMessage
from integrations.sla.models import Exposure, MilestoneFact, Unit
from integrations.sla.queries import Filters, dashboard
from integrations.sla.services import fold
from tests.firm import flow_item, register
from tests.governance.measures.test_measures import BERLIN, LOSSES, MEASURE, PROCESS, RATES, item
from tests.pipeline import put, run, time_entry

pytestmark = pytest.mark.django_db
APPROVED = {
    "process": "project-to-cash",
    "milestone": "time-approved",
    "unit": "line",
    "key": "id",
    "at": "'2026-03-02'",
    "amount": "amount",
    "currency": "currency",
    "attributes": {"project": "project", "customer": "customer", "hours": "hours"},
}


@pytest.fixture
def telling(firm):
    flow = flow_item(milestones=[APPROVED])
    kinds = ["business_calendar", "fx_source", "loss_table", "process", "measure"]
    documents = [BERLIN, RATES, LOSSES, PROCESS, MEASURE]
    register([*(item(k, d) for k, d in zip(kinds, documents, strict=True)), flow])
    return firm.flow.agreements.get(status="active")


def test_a_planned_record_becomes_a_unit(telling):
    put(time_entry())
    run(telling)
    assert fold(now=timezone.now()) == 1
    line = Unit.objects.get()
    assert (line.key, line.project, line.amount_minor, line.currency) == (
        "T-1",
        "P-1",
        1200_00,
        "EUR",
    )
    assert fold(now=timezone.now()) == 0
    assert MilestoneFact.objects.count() == 1


def test_the_next_version_takes_the_place_of_the_one_before(telling):
    put(time_entry())
    run(telling)
    fold(now=timezone.now())
    put(time_entry(amount="900.00"))
    run(telling)
    fold(now=timezone.now())
    assert [unit.amount_minor for unit in Unit.objects.all()] == [900_00]


def test_a_record_that_broke_its_contract_says_nothing_and_one_without_a_row_does(telling):
    put(time_entry("T-1", currency="euro"), time_entry("T-2", role="wizard"))
    run(telling)
    assert set(InboxMessage.objects.values_list("state", flat=True)) == {"rejected"}
    fold(now=timezone.now())
    assert [unit.key for unit in Unit.objects.all()] == ["T-2"]
    assert not InboxMessage.objects.filter(told=False).exists()


def test_money_behind_an_open_case_is_at_risk_until_it_closes(telling):
    put(time_entry("T-2", role="wizard"))
    run(telling)
    now = timezone.now()
    fold(now=now)
    risk = Exposure.objects.get()
    assert (risk.base_minor, risk.expected_minor, risk.part) == (1200_00, 120_00, "unbilled")
    assert Case.objects.get().exposure_minor == 1200_00
    board = dashboard(Filters(), now=now)
    assert board.figures["revenue-at-risk"].value == 1200_00
    assert sum(cause.value for cause in board.causes) == 1200_00
    put(time_entry("T-2"))
    run(telling)
    fold(now=now + timedelta(minutes=1))
    risk.refresh_from_db()
    assert risk.state == "recovered"


def test_a_flow_that_tells_nothing_is_folded_silently(firm):
    put(time_entry())
    run(firm)
    assert fold(now=timezone.now()) == 1
    assert not Unit.objects.exists()
