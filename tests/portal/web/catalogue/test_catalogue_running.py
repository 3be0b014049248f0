"""What the catalogue tells of running flows: at one cost, and money only to whom it belongs."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.agreements import services as agreements
from governance.agreements.models import Agreement
from portal.templatetags.show import DASH
from tests import pipeline
from tests.firm import NOW, flow_item, register, value_map_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_(client, person):
    def sign_in(username: str):
        client.force_login(person(username))
        return client

    return sign_in


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def cost(client, path: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    "path",
    [
        "/catalogue/",
        "/catalogue/flows/time-to-billing/",
        "/catalogue/data-contracts/time-entry/",
    ],
)
def test_a_page_costs_the_same_for_any_number_of_flows_and_agreements(as_, firm, path):
    client = as_("olga")
    pipeline.put(pipeline.time_entry())
    pipeline.run(firm)
    cost(client, path)
    few = cost(client, path)
    register([flow_item(slug=f"copy-{n}", name=f"Copy {n}", business_key="id") for n in range(12)])
    for number in range(5):
        register([value_map_item(("partner", f"P{number}"))])
        agreements.activate(firm.flow, now=NOW)
    assert Agreement.objects.filter(flow=firm.flow).count() > 3
    assert cost(client, path) == few


def test_the_overview_leads_with_what_runs(as_, firm):
    pipeline.put(pipeline.time_entry("T-1"), pipeline.time_entry("T-2", role="partner"))
    pipeline.run(firm)
    page = text(as_("olga").get("/catalogue/"))
    assert f"Psa → Billing · Delivery Time Entry 1 {firm.digest[:8]}" in page
    assert "Done 2 1" in page


def test_a_changed_record_counts_once_with_its_last_amount(as_, firm):
    pipeline.put(pipeline.time_entry("T-1", amount="100.00"))
    pipeline.run(firm)
    pipeline.put(pipeline.time_entry("T-1", amount="250.00"))
    pipeline.run(firm)
    page = text(as_("olga").get("/catalogue/flows/time-to-billing/"))
    assert "Records 1 EUR € 250.00" in page


def test_money_and_cases_of_another_domain_stay_hidden(as_, firm):
    pipeline.put(pipeline.time_entry("T-1", amount="4321.00"))
    pipeline.put(pipeline.time_entry("T-2", amount="0.00", hours="-1"))
    pipeline.run(firm)
    mine = text(as_("olga").get("/catalogue/flows/time-to-billing/"))
    other = text(as_("fred").get("/catalogue/flows/time-to-billing/"))
    assert ("4,321.00" in mine, "4,321.00" in other) == (True, False)
    assert "Open cases 1" in mine
    assert f"Records {DASH} Open cases {DASH}" in other
