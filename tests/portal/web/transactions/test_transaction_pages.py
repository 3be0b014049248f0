"""Business transactions: found by any of their numbers, told from arrival to where they stand."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.approvals.models import Activation, ChangeRequest, Revision
from integrations.cases import services as cases
from integrations.cases.models import Case
from integrations.connectors.stores import store
from integrations.errors import NeedsAPerson
from integrations.messages.models import InboxMessage, Operation
from tests.integrations.messages import path

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def stan(client, person):
    client.force_login(person("stan"))
    return client


@pytest.fixture
def flown(firm):
    """Time entries of project P-1 read, planned and delivered."""

    def make(*names: str, **more: object) -> None:
        for name in names:
            path.put(name, **more)
        path.settle(firm, now=timezone.now())

    return make


def test_a_transaction_is_found_by_project_record_and_id_in_the_target(flown, stan):
    flown("T-1", "T-2")
    target = Operation.objects.get(business_key="T-1").target_id
    for words in ("P-1", "T-1", target):
        assert "/audit/transactions/" in stan.get(f"/audit/?q={words}").content.decode()
    assert "P-1 transaction Approved time PSA → Billing 2" in text(stan.get("/audit/"))
    assert "Nothing is called “X-9”" in text(stan.get("/audit/transactions/?q=X-9"))


def test_the_story_of_a_record_that_settled(flown, stan, firm):
    flown("T-1", amount="100.00")
    told = text(stan.get("/audit/transactions/T-1/"))
    assert "Settled" in told
    assert "T-1 arrived" in told
    assert "Create item: applied" in told
    assert "try 1 ok" in told
    assert "PSA is the system of record" in told
    assert firm.digest in stan.get("/audit/transactions/T-1/").content.decode()


def test_the_money_of_a_transaction_is_the_sum_of_its_newest_versions(flown, stan):
    flown("T-1", "T-2", amount="100.00")
    flown("T-1", amount="150.00")
    page = stan.get("/audit/transactions/P-1/").content.decode()
    aside = page.split('aria-label="Money, people and rules"', 1)[1].split("</table>", 1)[0]
    values = re.findall(r'<data class="money" value="([^"]+)"', aside)
    assert sorted(values) == ["100.00", "150.00", "250.00"]


def test_a_transaction_that_stopped_says_where_why_whose_and_until_when(flown, stan, person):
    store("billing-main").fail_next(1, NeedsAPerson("no such project", klass="data", status=422))
    flown("T-1")
    case = Case.objects.get()
    cases.claim(case=case, by=person("stella"), now=timezone.now())
    told = text(stan.get("/audit/transactions/T-1/"))
    assert "Stopped at 1 place" in told
    assert "422 no such project" in told
    assert "Stella Steward" in told
    assert "left" in told
    assert f"Open case C-{case.pk:04d}" in told


def test_a_record_that_could_not_be_read_is_found_by_the_key_that_its_case_knows(flown, stan):
    flown("T-1", role="partner", project="P-77", amount="40.00")
    told = text(stan.get("/audit/?q=P-77"))
    assert "P-77 transaction Approved time PSA → Billing 1" in told
    assert "1 case open" in told
    story = text(stan.get("/audit/transactions/P-77/"))
    assert "T-1 arrived" in story
    assert "Not planned" in story
    assert "Role “partner” has no row in value map role-codes" in story


def test_a_project_tells_of_the_case_of_an_effect(flown, stan):
    store("billing-main").fail_next(1, NeedsAPerson("closed", klass="data", status=422))
    flown("T-1")
    assert "P-1 transaction Approved time PSA → Billing 1 1 case open" in text(stan.get("/audit/"))


def test_the_agreement_tells_who_approved_it(flown, stan, firm, person):
    request = ChangeRequest.objects.create(
        title="x", risk_class="R1", opened_by=person("olga"), opened_at=timezone.now(),
        touched_at=timezone.now(), state="activated", revision_number=1,
    )  # fmt: skip
    revision = Revision.objects.create(
        request=request, number=1, content=[], digest="d" * 64, author=person("olga"),
        created_at=timezone.now(),
    )  # fmt: skip
    request.votes.create(
        revision=revision, seat="owner", person=person("otto"), verdict="approve",
        revision_hash="d" * 64, at=timezone.now(),
    )  # fmt: skip
    activation = Activation.objects.create(request=request, revision=revision, at=timezone.now())
    activation.agreements.add(firm)
    flown("T-1")
    told = text(stan.get("/audit/transactions/T-1/"))
    assert f"CR-{request.pk:04d}" in told
    assert "Otto Owner approved flow agreement 1" in told


def test_a_transaction_costs_the_same_however_long_it_is(flown, stan):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert stan.get("/audit/transactions/P-1/").status_code == 200
        return len(queries)

    flown("T-1")
    cost()
    few = cost()
    flown(*[f"T-{number}" for number in range(2, 30)])
    assert cost() == few <= 26


def test_the_search_costs_the_same_for_any_length(flown, stan):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert stan.get("/audit/?q=T").status_code == 200
        return len(queries)

    flown("T-1")
    cost()
    few = cost()
    flown(*[f"T-{number}" for number in range(2, 30)])
    assert cost() == few <= 21


def test_a_foreign_steward_finds_no_part_of_it(flown, client, person):
    flown("T-1")
    client.force_login(person("fred"))
    assert "Nothing has arrived yet" in text(client.get("/audit/"))
    assert "Nothing is called" in text(client.get("/audit/?q=T-1"))
    assert client.get("/audit/transactions/T-1/").status_code == 404
    assert client.get(f"/audit/records/{InboxMessage.objects.get().pk}/").status_code == 404
    client.force_login(person("vera"))
    assert client.get("/audit/").status_code == 403


def test_the_documents_of_a_record_are_shown_as_text(flown, stan):
    flown("T-1", customer="<script>alert(1)</script>")
    message = InboxMessage.objects.get()
    for headers in ({}, {"HX-Request": "true", "HX-Target": "viewer"}):
        page = stan.get(f"/audit/records/{message.pk}/", headers=headers).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "external_id" in page


def test_a_key_may_hold_anything(flown, stan):
    flown("T/1 & <b>")
    page = stan.get("/audit/?q=T/1").content.decode()
    [address] = re.findall(r'href="(/audit/transactions/T[^"]+)"', page)
    answer = stan.get(address.replace("&amp;", "&"))
    assert answer.status_code == 200
    assert "<b>" not in answer.content.decode().split("<h1>", 1)[1].split("</h1>", 1)[0]


def test_transactions_are_found_by_the_search_over_everything(flown, stan):
    flown("T-1")
    assert '/audit/transactions/T-1/"' in stan.get("/search/?q=T-1").content.decode()
