"""The page and its lists: who sees which money, filters, definitions, and what they cost."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.ownership.models import DomainSeat, RoleGrant
from integrations.sla import terms as agreed
from integrations.sla.terms import from_document
from portal.web.dashboards.lists import LISTS
from tests.integrations.sla import story
from tests.integrations.sla.story import DOCUMENT
from tests.portal.web.dashboards.conftest import GB
from tests.portal.web.dashboards.walking import Walk

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))


def tile(client, slug: str, query: str = "") -> str:
    found = Walk(client).read(f"/dashboards/{query}").numbers
    wanted = [
        one for one in found if one.url.startswith(f"/dashboards/{slug}/") and one.of == "worth"
    ]
    return wanted[0].value


def leader_of_delivery(firm, who) -> None:
    RoleGrant.objects.create(
        slug="fred-delivery",
        name="x",
        person=who,
        role="finance_leader",
        domain=firm.flow.domain,
        status="active",
    )


@pytest.mark.parametrize("path", ["/dashboards/", "/dashboards/approved-not-billed/"])
@pytest.mark.parametrize(
    ("who", "status"), [("fiona", 200), ("aude", 200), ("stan", 403), ("vera", 403), (None, 302)]
)
def test_figures_are_for_those_who_answer_for_money(tale, client, person, path, who, status):
    if who:
        client.force_login(person(who))
    assert client.get(path).status_code == status


def test_a_list_that_nobody_knows_is_not_found(tale, fiona):
    assert fiona.get("/dashboards/made-up/").status_code == 404


def test_a_leader_of_one_domain_sees_no_money_of_another(blocked, fiona, client, person):
    whole = tile(fiona, "approved-not-billed")
    leader_of_delivery(blocked, person("fred"))
    client.force_login(person("fred"))
    assert float(whole) - float(tile(client, "approved-not-billed")) == 999.0
    assert "T-99" not in text(client.get("/dashboards/approved-not-billed/?sort=amount"))
    assert "T-99" not in text(client.get("/dashboards/approved-not-billed/?customer=Ostermann"))


def test_filters_stand_in_the_url_and_reach_the_list(blocked, fiona):
    assert tile(fiona, "approved-not-billed", "?region=DACH") == "1299.00"
    page = text(fiona.get("/dashboards/approved-not-billed/?region=DACH&customer=Ostermann"))
    assert "Region: DACH" in page
    assert "T-3" in page
    assert "T-1 " not in page
    assert 'href="/dashboards/?customer=Ostermann&amp;region=UKI"' not in page
    assert (
        "?region=DACH&amp;customer=Ostermann"
        in fiona.get("/dashboards/?region=DACH").content.decode()
    )


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Period Oct 2026"),
        ("?period=28d", "Period Last 28 days"),
        ("?period=nonsense", "Period Oct 2026"),
        ("?first=2026-09-03&last=2026-09-20", "Period 03 Sep 2026 to 20 Sep 2026"),
        ("?first=2026-09-30&last=2026-09-01", "Period 01 Sep 2026 to 30 Sep 2026"),
        ("?first=nonsense", "Period Oct 2026"),
    ],
)
def test_a_period_is_a_fiscal_one_or_from_a_day_to_a_day(tale, fiona, query, words):
    assert words in text(fiona.get(f"/dashboards/{query}"))


def test_a_definition_tells_formula_objective_owner_and_version(tale, fiona, person, monkeypatch):
    measure = DOCUMENT["measures"][1] | {
        "domain": "delivery",
        "owner": "seat:finance_owner",
        "version": "6",
        "description": "Billable lines on no issued invoice.",
        "exclusions": ["internal projects"],
    }
    terms = from_document(DOCUMENT | {"measures": [measure]})
    monkeypatch.setattr(agreed, "current", lambda: terms)
    DomainSeat.objects.filter(seat="finance_owner").delete()
    DomainSeat.objects.create(domain=tale.flow.domain, seat="finance_owner", person=person("fiona"))
    page = text(fiona.get("/dashboards/"))
    assert (
        "Billable lines on no issued invoice. Unit money, net of tax, at the rate of each event's "
        "day Objective at most 1 % older than 10 business days Limits overdue after business days: "
        "10 Not counted internal projects Owner Finance owner of delivery: Fiona Finance Version 6"
    ) in page
    assert "Nobody has agreed on this measure yet." in page


def test_the_way_from_the_tile_over_the_cause_to_a_transaction(blocked, fiona):
    listed = fiona.get("/dashboards/approved-not-billed/")
    assert "By cause" in text(listed)
    assert "Project unknown in ERP" in text(listed)
    url = "/dashboards/approved-not-billed/?cause=f-PRJ-1"
    under = fiona.get(url)
    assert Walk(fiona).read(url).numbers[0].value == "319.47"
    keys = set(re.findall(r'data-row="([^"]+)"', under.content.decode()))
    assert keys == {"T-2", "T-8"}
    assert 'href="/audit/transactions/T-8/"' in under.content.decode()
    assert 'href="/queue/problems/f-PRJ-1/"' in under.content.decode()
    assert "<b>Cause:</b>Project unknown in ERP" in under.content.decode()


@pytest.mark.parametrize(
    "query", ["", "?region=UKI", "?cause=f-PRJ-1", "?sort=amount&currency=EUR"]
)
def test_a_file_holds_exactly_the_rows_of_the_list(blocked, fiona, query):
    url = f"/dashboards/approved-not-billed/{query}"
    answer = fiona.get(url.replace("billed/", "billed/export/"))
    head, *lines = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    listed = Walk(fiona).rows_of(url)
    worth, owed = head.index("Amount, EUR"), head.index("Amount")
    assert [Decimal(line[worth]) for line in lines] == [row["worth"] for row in listed]
    assert [Decimal(line[owed]) for line in lines] == [row["owed"] for row in listed]
    assert [line[head.index("Currency")] for line in lines] == [row["currency"] for row in listed]
    if "cause" in query:
        assert {line[head.index("Cause")] for line in lines} == {"Project unknown in ERP"}


def test_a_file_tells_nothing_of_foreign_money_and_needs_the_permission(tale, client, person):
    url = "/dashboards/approved-not-billed/export/"
    client.force_login(person("stan"))
    assert client.get(url).status_code == 403
    leader_of_delivery(tale, person("fred"))
    client.force_login(person("fred"))
    assert b"T-99" not in client.get(url).getvalue()
    assert client.get("/dashboards/made-up/export/").status_code == 404


@pytest.mark.parametrize("slug", LISTS)
def test_every_list_can_be_read_and_saved(blocked, fiona, slug):
    assert fiona.get(f"/dashboards/{slug}/").status_code == 200
    assert fiona.get(f"/dashboards/{slug}/export/?as=xlsx").getvalue()[:2] == b"PK"


@pytest.mark.parametrize(
    "path",
    ["/dashboards/", "/dashboards/approved-not-billed/", "/dashboards/revenue-at-risk/",
     "/dashboards/billing-latency/"],
)  # fmt: skip
def test_pages_cost_the_same_for_one_row_and_for_many(tale, fiona, path):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert fiona.get(path).status_code == 200
        return len(queries)

    cost()
    few = cost()
    for number in range(30):
        line = story.told("line", f"M-{number}", "time-approved", "2026-08-28T10:00", 1_00, **GB)
        story.tell(f"M-{number}", line, flow=tale.flow_id)
    assert cost() == few <= 80


def test_home_tells_a_finance_leader_what_is_past_its_objective(blocked, client, person):
    client.force_login(person("fiona"))
    walk = Walk(client)
    [unbilled] = [one for one in walk.read("/").numbers if "approved-not-billed" in one.url]
    assert unbilled.value == tile(client, "approved-not-billed")
    assert "Approved, not billed" in text(client.get("/"))
    client.force_login(person("aude"))
    assert "Approved, not billed" not in text(client.get("/"))
