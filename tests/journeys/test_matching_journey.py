"""The steward picks the matching project: why, dry run, second signature, and the followers go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from integrations.cases.models import Case
from integrations.sync.delivery import drain
from integrations.sync.planning import plan_all
from portal.accounts.models import User
from tests.integrations.cases import ledger
from tests.integrations.cases.test_cases_picking import OTHERS, OURS, THEIRS
from tests.integrations.messages import path

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_matching_record_is_picked_by_two_people_and_the_followers_go(
    firm: object,
    person: Callable[[str], User],
    sign_in: Callable[[User], Page],
    shoot: Callable[[Page, str], None],
    live_server: object,
) -> None:
    now = timezone.now()
    agreement = ledger.found()
    ledger.holds("psa", OURS)
    ledger.holds("erp", THEIRS, *OTHERS)
    case = ledger.waiting(agreement, *(f"T-{n}" for n in range(3001, 3009)), amount="1180.00")
    Case.objects.update(opened_at=now - timedelta(hours=3), due_at=now + timedelta(hours=1))
    page = sign_in(person("stan"))
    page.goto(f"{live_server}/queue/cases/{case.pk}/")
    expect(page.locator(".detail__title")).to_contain_text("Project P-2041 is unknown in ERP")
    page.get_by_label("Search ERP").fill("grid")
    expect(page.locator("#candidates")).to_contain_text("is P-1955 already")
    page.get_by_label("Search ERP").fill("")
    page.get_by_label("Timetable platfrm").check()
    expect(page.locator("#outlook")).to_contain_text("7 followers released")
    shoot(page, "queue-pick")
    page.locator("#fix").get_by_label("Reason").fill("same customer, name misspelt in the ledger")
    page.get_by_role("button", name="Ask for the second signature").click()
    expect(page.locator("#fix")).to_contain_text("someone else signs: Stella Steward")
    page.context.clear_cookies()
    page = sign_in(person("stella"))
    page.goto(f"{live_server}/queue/cases/{case.pk}/")
    expect(page.locator("#fix")).to_contain_text("7 followers released")
    shoot(page, "queue-pick-sign")
    page.get_by_label("Why you sign").fill("checked with the ledger's clerk")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.locator("#fix")).to_contain_text("Being tried again")
    plan_all(agreement=agreement, now=now)
    drain(connection="billing-main", now=timezone.now())
    expect(page.locator("#fix")).to_contain_text("Resolved")
    assert len(path.billing().effects) == 8
