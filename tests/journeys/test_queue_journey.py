"""The steward's day in a browser: claim, correct with a second signature, propose a row, replay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from governance.agreements.models import Agreement
from governance.approvals.models import ChangeRequest
from integrations.cases.models import Case
from integrations.connectors.stores import store
from integrations.errors import NeedsAPerson
from integrations.sync.delivery import drain
from portal.accounts.models import User
from tests.integrations.messages import path

pytestmark = pytest.mark.django_db(transaction=True)

People = Callable[[str], User]
SignIn = Callable[[User], Page]
Shoot = Callable[[Page, str], None]


@pytest.fixture
def queue(firm: Agreement) -> Agreement:
    """A morning's queue: unmapped roles, wrong hours, a refusal with followers, a breach."""
    now = timezone.now()
    firm = path.flow(lane="project")
    for number, amount in ((1, "4260.00"), (2, "7915.50"), (3, "5480.00"), (4, "3120.00")):
        path.put(f"T-204{number}", project=f"PRJ-190{number}", role="partner", amount=amount)
    path.put("T-2051", project="PRJ-1905", hours="-8", amount="1240.00")
    path.put("T-2052", project="PRJ-1905", hours="-2.5", amount="310.00", currency="GBP")
    path.put("T-2061", project="PRJ-1906", role="analyst", amount="99.00", currency="USD")
    path.put("T-2071", project="PRJ-1907", amount="9648.00")
    path.read(firm, now=now - timedelta(hours=3))
    path.plan(firm, now=now - timedelta(hours=3))
    refusal = NeedsAPerson("project PRJ-1907 is closed for billing", klass="data", status=422)
    store("billing-main").fail_next(1, refusal)
    path.deliver(now=now - timedelta(hours=3))
    for number in (2, 3, 4):
        path.put(f"T-207{number}", project="PRJ-1907", amount=f"{number * 900}.00")
    path.read(firm, now=now - timedelta(hours=2))
    path.plan(firm, now=now - timedelta(hours=2))
    late = Case.objects.filter(message__key="T-2061")
    late.update(urgency=0, due_at=now - timedelta(hours=3), opened_at=now - timedelta(days=2))
    return firm


def go_on(firm: Agreement) -> None:
    """What the workers do meanwhile."""
    path.plan(firm, now=timezone.now())
    drain(connection="billing-main", now=timezone.now())


def test_the_queue_by_keyboard_and_its_pictures(
    queue: Agreement, person: People, sign_in: SignIn, shoot: Shoot, live_server: object
) -> None:
    page = sign_in(person("stan"))
    shoot(page, "home-with-cases")
    page.goto(f"{live_server}/queue/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Exception queue")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".detail__title")).to_contain_text("“partner”")
    expect(page.locator(".problem[aria-current]")).to_contain_text("“partner”")
    page.get_by_label("Billing gets").fill("PAR")
    expect(page.locator("#check")).to_contain_text("4 of 4 would be planned")
    shoot(page, "queue")


def test_money_is_corrected_by_two_people_and_the_record_arrives(
    queue: Agreement, person: People, sign_in: SignIn, shoot: Shoot, live_server: object
) -> None:
    case = Case.objects.get(message__key="T-2051")
    page = sign_in(person("stan"))
    page.goto(f"{live_server}/queue/cases/{case.pk}/")
    page.keyboard.press("c")
    expect(page.get_by_role("status").first).to_contain_text("Claimed.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Released. Anybody may claim it.")).to_be_visible()
    page.get_by_label("New value").fill("-9")
    expect(page.locator("#check")).to_contain_text("less than the minimum of 0")
    page.locator("#fix").get_by_label("Reason").fill("typing error, agreed with the project lead")
    page.get_by_role("button", name="Correct and plan anew").click()
    expect(page.locator("#id_correct-value_error")).to_contain_text("less than the minimum of 0")
    expect(page.get_by_label("New value")).to_have_value("-9")
    shoot(page, "queue-correct-refused")
    page.goto(f"{live_server}/queue/cases/{case.pk}/")
    page.get_by_label("New value").fill("8")
    page.locator("#fix").get_by_label("Reason").fill("typing error, agreed with the project lead")
    page.get_by_role("button", name="Correct and plan anew").click()
    expect(page.locator("#fix")).to_contain_text("Being tried again")
    go_on(queue)
    expect(page.locator("#fix")).to_contain_text("Resolved")
    assert [one for one, _ in path.amounts()] == ["T-2051"]


def test_a_sensitive_correction_waits_for_a_second_signature(
    queue: Agreement, person: People, sign_in: SignIn, shoot: Shoot, live_server: object
) -> None:
    case = Case.objects.get(message__key="T-2052")
    page = sign_in(person("stan"))
    page.goto(f"{live_server}/queue/cases/{case.pk}/?fix=correct")
    page.get_by_label("New value").fill("2.5")
    page.locator("#fix").get_by_label("Reason").fill("sign was wrong")
    page.get_by_role("button", name="Correct and plan anew").click()
    expect(page.locator("#fix")).to_contain_text("Being tried again")
    page.goto(
        f"{live_server}/queue/cases/{Case.objects.get(message__key='T-2051').pk}/?fix=dismiss"
    )
    page.locator("#fix").get_by_label("Reason").fill("entered twice, see T-2050")
    page.get_by_role("button", name="Ask to dismiss").click()
    expect(page.locator("#fix")).to_contain_text("someone else signs: Stella Steward")
    page.context.clear_cookies()
    page = sign_in(person("stella"))
    page.goto(f"{live_server}/queue/?view=waiting_signature")
    expect(page.locator("#fix")).to_contain_text("entered twice, see T-2050")
    page.get_by_label("Why you sign").fill("checked in the PSA")
    shoot(page, "queue-sign")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("The case is dismissed and nothing is sent.")).to_be_visible()


def test_a_missing_row_is_proposed_and_the_cases_wait(
    queue: Agreement, person: People, sign_in: SignIn, shoot: Shoot, live_server: object
) -> None:
    case = Case.objects.filter(message__key="T-2041").get()
    page = sign_in(person("stan"))
    page.goto(f"{live_server}/queue/problems/{case.fingerprint}/")
    page.get_by_label("Billing gets").fill("PAR")
    page.locator("#fix").get_by_label("Reason").fill("partners bill time since March")
    page.get_by_role("button", name="Propose the row").click()
    expect(page.locator("#fix")).to_contain_text("Waits for CR-")
    request = ChangeRequest.objects.get()
    assert (request.risk_class, request.state) == ("RV", "in_review")
    assert Case.objects.filter(change_request=request.pk).count() == 4
    shoot(page, "queue-waiting")
    page.get_by_role("link", name=f"Open CR-{request.pk:04d}").click()
    page.wait_for_url(f"{live_server}/changes/{request.pk}/")


def test_a_refused_effect_is_replayed_after_a_dry_run(
    queue: Agreement, person: People, sign_in: SignIn, shoot: Shoot, live_server: object
) -> None:
    case = Case.objects.get(operation__isnull=False)
    page = sign_in(person("stan"))
    page.goto(f"{live_server}/queue/cases/{case.pk}/")
    expect(page.locator("#fix")).to_contain_text("1 sent once more")
    expect(page.locator("#items")).to_contain_text("Blocked behind it")
    shoot(page, "queue-replay")
    page.locator("#fix").get_by_label("Reason").fill("the project is open again")
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.locator("#fix")).to_contain_text("Being tried again")
    go_on(queue)
    expect(page.locator("#fix")).to_contain_text("Resolved")
    page.goto(f"{live_server}/audit/transactions/T-2071/")
    expect(page.get_by_text("Create item: applied").first).to_be_visible()


def test_the_timeline_of_a_transaction_that_stopped(
    queue: Agreement, person: People, sign_in: SignIn, shoot: Shoot, live_server: object
) -> None:
    page = sign_in(person("aude"))
    page.goto(f"{live_server}/audit/")
    shoot(page, "transactions")
    page.get_by_role("searchbox", name="Search a transaction").fill("T-2071")
    page.get_by_role("link", name="T-2071").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("T-2071")
    expect(page.get_by_text("Stopped here")).to_be_visible()
    shoot(page, "transaction")
    page.get_by_role("link", name="Documents").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("external_id")
    shoot(page, "transaction-documents")


def test_an_empty_queue_says_so(
    firm: Agreement, person: People, sign_in: SignIn, shoot: Shoot, live_server: object
) -> None:
    page = sign_in(person("stan"))
    page.goto(f"{live_server}/queue/")
    expect(page.get_by_text("Nothing waits for anybody")).to_be_visible()
    shoot(page, "queue-empty")
