"""Figures by REST: their lists sum to them page by page, and foreign domains' money stays out."""

from __future__ import annotations

import pytest
from django.utils import timezone

from governance.ownership.lifecycle import Role
from governance.ownership.models import Domain, RoleGrant
from integrations.sla.services import fold
from tests.firm import flow_item, register
from tests.governance.measures.test_measures import (
    BERLIN,
    LOSSES,
    MEASURE,
    PROCESS,
    RATES,
    item,
)
from tests.integrations.sla.test_sla_folding import APPROVED
from tests.pipeline import put, run, time_entry

pytestmark = pytest.mark.django_db
SLUG = "approved-not-billed"


@pytest.fixture
def told(firm):
    """Five approved lines, one of which no rule maps."""
    kinds = ["business_calendar", "fx_source", "loss_table", "process", "measure"]
    documents = [BERLIN, RATES, LOSSES, PROCESS, MEASURE]
    held = [item(kind, document) for kind, document in zip(kinds, documents, strict=True)]
    register([*held, flow_item(milestones=[APPROVED])])
    entries = [time_entry(f"T-{n}", amount=f"{n}00.25", project=f"P-{n % 2}") for n in range(1, 5)]
    put(*entries, time_entry("T-9", role="wizard"))
    run(firm.flow.agreements.get(status="active"))
    fold(now=timezone.now())
    return firm


def figures(client, query: str = "") -> dict[str, dict]:
    return {one["slug"]: one for one in client.get(f"/api/v1/sla{query}").json()["items"]}


def items(client, slug: str, query: str = "") -> list[dict]:
    """All pages."""
    found, url = [], f"/api/v1/sla/{slug}/items?limit=2&{query}"
    while url:
        page = client.get(url).json()
        found += page["items"]
        url = page["next"]
    return found


@pytest.mark.parametrize("query", ["", "project=P-1", "currency=EUR&constant_fx=1", "region=none"])
def test_a_figure_is_the_sum_of_its_pages(caller, told, query):
    client = caller("fiona")
    figure = figures(client, f"?{query}")[SLUG]
    rows = items(client, SLUG, query)
    assert sum(row["worth"] for row in rows) == figure["value"]
    assert len({row["key"] for row in rows}) == len(rows) == figure["n"]
    if not query:
        assert figure["currencies"] == {"EUR": 1000_00 + 1_00 + 1200_00}


def test_a_figure_tells_its_definition(caller, told):
    found = caller("fiona").get(f"/api/v1/sla/{MEASURE['metric']}").json()
    assert found["definition"]["version"] == "1"
    assert found["definition"]["objective"] == MEASURE["objective"]


def test_cases_and_records_are_lists_too(caller, told):
    client = caller("aude")
    [case] = items(client, "case-backlog")
    assert (case["kind"], case["worth"]) == ("case", 1200_00)
    assert items(client, "sync-failure-rate") == []
    assert [row["kind"] for row in items(client, "data-freshness")] == ["feed"]


def test_who_sees_figures_of_one_domain_sees_its_money_only(caller, told, person):
    sales = Domain.objects.get(slug="sales")
    RoleGrant.objects.create(
        slug="fred-finance",
        name="Fred, finance of sales",
        person=person("fred"),
        role=Role.FINANCE_LEADER,
        domain=sales,
        status="active",
    )
    assert figures(caller("fred"))[SLUG]["value"] == 0
    assert items(caller("fred"), SLUG) == items(caller("fred"), "case-backlog") == []


def test_without_the_permission_or_the_scope_there_is_nothing(caller, told):
    for path in ("/api/v1/sla", f"/api/v1/sla/{SLUG}", f"/api/v1/sla/{SLUG}/items"):
        assert caller("stan").get(path).status_code == 403
        assert caller("fiona", scopes=["runs:read"]).get(path).status_code == 403
    assert caller("fiona").get("/api/v1/sla/nothing").status_code == 404
    assert caller("fiona").get("/api/v1/sla/nothing/items").status_code == 404


@pytest.mark.parametrize("query", ["first=soon", "first=2026-10-02&last=2026-10-01"])
def test_a_wrong_period_is_refused_in_words(caller, told, query):
    answer = caller("fiona").get(f"/api/v1/sla?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("limit", [1, 4])
def test_a_page_costs_the_same_at_any_length(caller, told, limit, django_assert_num_queries):
    client = caller("fiona")
    client.get(f"/api/v1/sla/{SLUG}/items")
    with django_assert_num_queries(4):
        page = client.get(f"/api/v1/sla/{SLUG}/items?limit={limit}").json()
    assert len(page["items"]) == limit
