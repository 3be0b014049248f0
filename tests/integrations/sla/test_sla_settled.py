"""Sync failures and duplicates: record versions that did not settle, effects that came once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.messages.models import ClosedAttempt, InboxMessage, Operation
from integrations.sla.queries import Filters, dashboard, items
from integrations.sla.services import fold
from tests.firm import flow_item, register
from tests.governance.measures.test_measures import BERLIN, PROCESS, RATES, item
from tests.integrations.sla.test_sla_folding import APPROVED
from tests.pipeline import put, run, time_entry

pytestmark = pytest.mark.django_db
RATE, DUPLICATES = "sync-failure-rate", "duplicates-prevented"


@pytest.fixture
def telling(firm):
    kinds = ["business_calendar", "fx_source", "process"]
    documents = [BERLIN, RATES, PROCESS]
    held = [item(kind, one) for kind, one in zip(kinds, documents, strict=True)]
    register([*held, flow_item(milestones=[APPROVED | {"attributes": {"region": "project"}}])])
    return firm.flow.agreements.get(status="active")


def figure(slug: str, *, hours: float = 0, filters: Filters | None = None):
    now = timezone.now() + timedelta(hours=hours)
    found = dashboard(filters or Filters(), now=now).figures[slug]
    return found, items(slug, filters or Filters(), now=now)


def test_what_failed_before_planning_counts_once_its_time_is_up(telling):
    put(time_entry("T-1"), time_entry("T-2", role="wizard"))
    run(telling)
    found, rows = figure(RATE)
    assert (found.value, found.n, found.parts["waiting"], rows.count()) == (0.0, 1, 1, 0)
    found, rows = figure(RATE, hours=5)
    assert (found.value, found.n, found.state) == (50.0, 2, "breach")
    assert [row.key for row in rows] == ["T-2"]


def test_an_effect_that_came_late_failed_and_a_version_that_was_replaced_is_not_asked_for(telling):
    put(time_entry("T-1"), time_entry("T-2"))
    run(telling)
    late = timezone.now() - timedelta(hours=5)
    InboxMessage.objects.filter(key="T-1").update(accepted_at=late, planned_at=late)
    found, rows = figure(RATE)
    assert (found.value, [row.key for row in rows]) == (50.0, ["T-1"])
    InboxMessage.objects.filter(key="T-1").update(state="superseded")
    found, rows = figure(RATE)
    assert (found.value, found.n, rows.count()) == (0.0, 1, 0)


def test_records_are_narrowed_by_the_units_that_they_told(telling):
    put(time_entry("T-1", role="wizard"), time_entry("T-2", project="P-2", role="wizard"))
    run(telling)
    fold(now=timezone.now())
    found, rows = figure(RATE, hours=5, filters=Filters(region="P-2"))
    assert (found.n, [row.key for row in rows]) == (1, ["T-2"])


def test_an_effect_whose_answer_was_lost_and_that_happened_once_is_a_prevented_duplicate(telling):
    put(time_entry("T-1"), time_entry("T-2"))
    run(telling)
    assert figure(DUPLICATES, hours=1)[0].value == 0
    done = Operation.objects.get(message__key="T-1")
    ClosedAttempt.objects.create(
        month=timezone.now().date().replace(day=1),
        operation=done.pk,
        agreement=telling.pk,
        fence=-1,
        started_at=timezone.now(),
        finished_at=timezone.now(),
        outcome="unknown",
        request_digest="",
    )
    found, rows = figure(DUPLICATES, hours=1)
    assert (found.value, found.currencies, [row.pk for row in rows]) == (
        1,
        {"EUR": 1200_00},
        [done.pk],
    )


def test_freshness_is_that_of_the_oldest_feed(telling):
    put(time_entry("T-1"))
    assert figure("data-freshness")[0].said == "0 of 1 feeds are older, 1 never read"
    run(telling)
    found, rows = figure("data-freshness", hours=0.5)
    assert (found.value, found.state, len(rows)) == (30, "breach", 1)
    assert found.objective == "every feed within 15 minutes"
