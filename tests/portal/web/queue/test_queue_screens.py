"""The exception queue: every sum equals its list, and who is foreign sees nothing of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.cases.models import Case
from integrations.cases.queries import live, problems, queue, totals
from portal.access import scopes
from tests.integrations.messages import path

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def money(html: str) -> list[str]:
    return re.findall(r'<data class="money" value="([^"]+)"', html)


def part(answer, start: str, end: str) -> str:
    return answer.content.decode().split(start, 1)[1].split(end, 1)[0]


def test_the_totals_line_the_list_and_its_foot_tell_the_same_sum(refused, stan, person):
    refused(3, role="partner", amount="100.00")
    refused(2, start=4, role="director", amount="250.50")
    refused(1, start=6, hours="-1", amount="7.00", currency="USD")
    answer = stan.get("/queue/")
    assert "6 open in 3 problems" in text(answer)
    rows = queue(scopes.cases(person("stan")), now=timezone.now())
    told = totals(rows, now=timezone.now())
    sums: dict[str, int] = {}
    for problem in problems(rows):
        for one in problem.at_risk:
            sums[one.currency] = sums.get(one.currency, 0) + one.minor
    assert {one.currency: one.minor for one in told.at_risk} == sums == {"EUR": 80_100, "USD": 700}
    assert money(part(answer, "qtotals", "</p>")) == ["801.00", "7.00"]
    assert money(part(answer, 'class="listfoot"', "</p>")) == ["801.00", "7.00"]
    assert sorted(money(part(answer, 'class="listhead"', 'class="listfoot"'))) == [
        "300.00",
        "501.00",
        "7.00",
    ]


def test_a_problem_is_told_in_business_words_with_its_suggested_fix(refused, stan):
    refused(2, role="partner")
    told = text(stan.get("/queue/"))
    assert "Role “partner” has no row in value map role-codes" in told
    assert "2 time entries" in told
    assert "Add 1 value-map row" in told


def test_the_items_of_a_problem_add_up_to_what_is_at_risk(refused, stan):
    case = refused(3, role="partner", amount="100.00")[0]
    answer = stan.get(f"/queue/problems/{case.fingerprint}/")
    items = part(answer, 'id="items"', 'id="history"')
    assert money(items) == ["100.00", "100.00", "100.00", "300.00"]
    assert money(part(answer, 'class="figures"', "</dl>")) == ["300.00"]


@pytest.mark.parametrize("view", ["mine", "unclaimed", "breached", "waiting_signature"])
def test_each_view_counts_exactly_what_it_lists(refused, stan, person, view):
    cases = refused(4, role="partner")
    Case.objects.filter(pk=cases[0].pk).update(claimed_by=person("stan"), urgency=0)
    Case.objects.filter(pk=cases[1].pk).update(state="waiting_signature")
    answer = stan.get(f"/queue/?view={view}&group=record")
    [shown] = re.findall(
        rf'href="/queue/\?view={view}[^"]*"[^>]*>.*?<span>(\d+)</span></a>',
        answer.content.decode(),
        re.DOTALL,
    )
    assert int(shown) == answer.content.decode().count('<a class="problem"')


@pytest.mark.parametrize("address", ["/queue/", "/queue/?group=record"])
def test_the_queue_costs_the_same_for_any_length(refused, stan, address):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert stan.get(address).status_code == 200
        return len(queries)

    refused(1, role="partner")
    cost()
    few = cost()
    refused(30, start=2, role="partner")
    refused(3, start=40, hours="-1")
    assert cost() == few <= 44


def test_a_foreign_steward_finds_neither_case_nor_problem(refused, client, person):
    case = refused(1, role="partner")[0]
    client.force_login(person("fred"))
    assert "0 open in 0 problems" in text(client.get("/queue/"))
    for address in (f"/queue/cases/{case.pk}/", f"/queue/problems/{case.fingerprint}/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/queue/cases/{case.pk}/claim/").status_code == 404
    assert client.post(f"/queue/cases/{case.pk}/check/row/").status_code == 404
    assert client.post(f"/queue/problems/{case.fingerprint}/claim/").status_code == 404
    assert client.get("/queue/export/").getvalue().count(b"\n") == 1
    assert Case.objects.get().claimed_by is None


def test_a_viewer_may_not_open_the_queue_and_strangers_sign_in(refused, client, person):
    refused(1, role="partner")
    assert client.get("/queue/").status_code == 302
    client.force_login(person("vera"))
    assert client.get("/queue/").status_code == 403


def test_who_may_only_read_sees_the_case_without_its_acts(refused, client, person):
    case = refused(1, role="partner")[0]
    client.force_login(person("aude"))
    told = text(client.get(f"/queue/cases/{case.pk}/"))
    assert "You may read this case" in told
    assert "Other ways" not in told
    assert client.post(f"/queue/cases/{case.pk}/claim/").status_code == 403


def test_what_a_source_sent_is_shown_as_text(refused, stan):
    script = "<script>alert(1)</script>"
    case = refused(1, role=script, customer=script)[0]
    for address in ("/queue/", "/queue/?group=record", f"/queue/cases/{case.pk}/?all"):
        page = stan.get(address).content.decode()
        assert script not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_search_narrows_by_tokens_and_words_and_keeps_them(refused, stan):
    refused(2, role="partner")
    refused(1, start=3, hours="-1")
    told = text(stan.get("/queue/?q=class:contract"))
    assert "1 open in 1 problem " in told
    page = stan.get("/queue/?t=class:contract&q=T-3").content.decode()
    assert 'name="t" value="class:contract"' in page
    assert 'value="T-3"' in page


def test_a_search_that_nobody_can_read_says_how_to_write_it_and_keeps_what_was_typed(refused, stan):
    refused(1, role="partner")
    answer = stan.get("/queue/?q=amount>lots")
    assert "write amount&gt;10k or amount&lt;250" in answer.content.decode()
    assert 'value="amount&gt;lots"' in answer.content.decode()
    assert "1 open" in text(answer)


def test_htmx_gets_the_pane_it_asks_for(refused, stan):
    case = refused(1, role="partner")[0]
    address = f"/queue/cases/{case.pk}/"
    item = stan.get(address, headers={"HX-Request": "true", "HX-Target": "item"})
    assert item.content.decode().lstrip().startswith('<article class="detail"')
    fix = stan.get(f"{address}?fix=dismiss", headers={"HX-Request": "true", "HX-Target": "fix"})
    assert fix.content.decode().lstrip().startswith('<section class="fix')
    whole = stan.get(address, headers={"HX-Request": "true", "HX-Target": "queue"})
    assert whole.content.decode().lstrip().startswith('<div class="queue"')
    assert whole["HX-Push-Url"] == address


def test_the_payload_shows_only_what_differs_until_all_is_asked_for(refused, stan):
    case = refused(1, hours="-1")[0]
    some = part(stan.get(f"/queue/cases/{case.pk}/"), 'id="payload"', "</table>")
    every = part(stan.get(f"/queue/cases/{case.pk}/?all"), 'id="payload"', "</table>")
    assert ("Hours" in some, "Currency" in some) == (True, False)
    assert ("Hours" in every, "Currency" in every) == (True, True)


def test_the_export_holds_exactly_what_is_filtered_and_runs_no_formula(refused, stan):
    refused(2, role="=cmd()")
    refused(1, start=3, hours="-1")
    lines = stan.get("/queue/export/?q=class:mapping").getvalue().decode().splitlines()
    assert len(lines) == 3
    assert {line.split(",")[2] for line in lines[1:]} == {"mapping"}
    path.put("T-9", project="=1+1", hours="-1")
    assert not any(line.startswith("=") for line in ",".join(lines).split(","))


def test_the_rail_and_home_tell_what_waits(refused, stan, person):
    refused(2, role="partner")
    Case.objects.update(due_at=timezone.now() - timedelta(hours=1), urgency=0)
    home = text(stan.get("/"))
    assert "A case is past its time." in home
    assert "2 open" in home
    assert live(scopes.cases(person("stan"))).count() == 2
    found = text(stan.get("/search/?q=T-1"))
    assert "Role “partner” has no row in value map role-codes" in found
