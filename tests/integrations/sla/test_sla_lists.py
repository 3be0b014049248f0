"""Each number has a list, each list can be cut, and nobody sees the money of a foreign domain."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from governance.ownership.models import Domain
from integrations.cases.models import Case
from integrations.sla import terms as agreed
from integrations.sla.behind import COLUMNS, cut
from integrations.sla.figures import at_risk, billing_latency, not_billed
from integrations.sla.latency import days, summary
from integrations.sla.models import Exposure
from integrations.sla.queries import KNOWN, Filters, items
from tests.integrations.sla import story
from tests.integrations.sla.story import NOW, TERMS, exposed

FOREIGN = 9_999
OCTOBER = Filters(first=date(2026, 10, 1), last=date(2026, 10, 31))


def foreign(key: str, when: str, money: int, **more: str) -> None:
    line = story.told("line", key, "time-approved", when, money, currency="EUR", **more)
    story.tell(key, line, flow=FOREIGN)


@pytest.fixture
def story_firm(firm, monkeypatch):
    """Lines told by the sample firm's flow (delivery) and by one that nobody agreed on."""
    monkeypatch.setattr(agreed, "current", lambda: TERMS)
    flow = firm.flow_id
    gb = {"region": "UKI", "business_unit": "Advisory", "project": "PRJ-1"}
    for key, when, money in (("T-1", "2026-10-28T10:00", 100_00), ("T-2", "2026-09-20", 200_00)):
        line = story.told("line", key, "time-approved", when, money, **gb)
        story.tell(key, line, flow=flow)
    foreign("T-3", "2026-10-01T10:00", 70_00, region="DACH")
    story.invoiced("INV-3", "2026-10-13T08:00", ("T-3", 70_00), currency="EUR")
    story.posted("INV-3", "2026-10-14T08:00", 70_00, currency="EUR")
    foreign("T-4", "2026-10-27T10:00", 30_00)
    return firm


def blocked(key: str, domain: str, *, hours: int = 5) -> Case:
    opened = NOW - timedelta(hours=hours)
    return Case.objects.create(
        klass="reference",
        title="Project unknown in ERP",
        fingerprint=f"unknown-{key}",
        domain=Domain.objects.get_or_create(slug=domain, defaults={"name": domain})[0],
        connection=key,
        business_key=key,
        opened_at=opened,
        due_at=opened,
    )


def keys(slug: str, filters: Filters = OCTOBER, **narrow: str) -> set[str]:
    rows = items(slug, filters, now=NOW, **narrow)
    return {row.unit.key if isinstance(row, Exposure) else row.key for row in rows}


def test_a_reader_of_one_domain_sees_the_money_of_its_flows_only(story_firm):
    mine = Filters(domains=frozenset({story_firm.flow.domain_id}))
    assert not_billed(mine, TERMS, NOW).currencies == {"GBP": 300_00}
    assert not_billed(Filters(), TERMS, NOW).currencies == {"GBP": 300_00, "EUR": 30_00}
    assert not_billed(Filters(domains=frozenset()), TERMS, NOW).n == 0


def test_money_at_risk_under_a_foreign_case_is_not_told(story_firm):
    blocked("T-1", "delivery")
    blocked("T-2", "sales")
    exposed(NOW)
    mine = Filters(domains=frozenset({story_firm.flow.domain_id}))
    assert at_risk(mine, TERMS, NOW).currencies == {"GBP": 100_00}
    assert at_risk(Filters(), TERMS, NOW).currencies == {"GBP": 300_00}
    causes = {one.label for one in cut(items("approved-not-billed", mine, now=NOW), "cause")}
    assert causes == {"unknown-T-1", "–"}


def test_latency_is_told_of_exactly_the_lines_of_its_list(story_firm):
    figure = billing_latency(OCTOBER, TERMS, NOW)
    rows = list(items("billing-latency", OCTOBER, now=NOW))
    assert {row.key for row in rows} == {"T-2", "T-3"}
    again = summary(
        [
            (
                days(row.start_at, row.latency_seconds, TERMS.calendar(row.legal_entity), NOW),
                row.worth,
            )
            for row in rows
        ],
        open_late=1,
        limit=5,
    )
    assert (again.p50, again.p95, again.share) == (
        figure.parts["p50"],
        figure.parts["p95"],
        figure.parts["share"],
    )
    assert keys("late-lines") == {"T-2", "T-3"}
    assert keys("stage-split", hop="posting") == {"T-3"}


@pytest.mark.parametrize("column", [*COLUMNS, "cause", "stage", "bucket", "currency"])
def test_the_pieces_of_a_list_add_up_and_each_opens_its_own(story_firm, column):
    blocked("T-1", "delivery")
    exposed(NOW)
    rows = items("approved-not-billed", Filters(), now=NOW)
    pieces = cut(rows, column)
    assert sum(one.value for one in pieces) == sum(row.worth for row in rows)
    for one in pieces:
        named = {name: text for name, text in one.query.items() if hasattr(Filters(), name)}
        rest = {name: text for name, text in one.query.items() if name not in named}
        found = items("approved-not-billed", Filters(**named), now=NOW, **rest)
        assert (sum(row.worth for row in found), len(found)) == (one.value, one.n)


def test_what_came_free_in_the_period_is_a_list(story_firm):
    case = blocked("T-2", "delivery")
    exposed(NOW - timedelta(hours=1))
    Case.objects.filter(pk=case.pk).update(state="resolved", closed_at=NOW)
    exposed(NOW)
    assert at_risk(OCTOBER, TERMS, NOW).parts["recovered"] == 230_00
    assert keys("recovered") == {"T-2"}
    september = Filters(first=date(2026, 9, 1), last=date(2026, 9, 30))
    assert at_risk(september, TERMS, NOW).parts["recovered"] == 0


@pytest.mark.parametrize("slug", KNOWN)
def test_every_list_can_be_read(story_firm, slug):
    for row in items(slug, OCTOBER, now=NOW):
        assert (row.moment <= NOW, row.stage != "") == (True, True)
