"""A run in a browser: started, watched without a reload, and read afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from governance.agreements.models import Agreement
from integrations.connectors.stores import store
from integrations.errors import NeedsAPerson
from integrations.sync.delivery import drain
from integrations.sync.models import SyncRun
from integrations.sync.services import execute, finish_delivered
from portal.accounts.models import User
from tests.integrations.messages import path

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_run_is_started_watched_and_read(
    firm: Agreement,
    person: Callable[[str], User],
    sign_in: Callable[[User], Page],
    shoot: Callable[[Page, str], None],
    live_server: object,
) -> None:
    for number in range(1, 9):
        path.put(f"T-30{number}", project=f"PRJ-19{number % 3}", amount=f"{number * 1240}.50")
    path.put("T-309", project="PRJ-190", hours="-1", amount="880.00")
    page = sign_in(person("stan"))
    page.goto(f"{live_server}/runs/")
    page.get_by_role("button", name="Start now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Approved time PSA → Billing")
    expect(page.get_by_text("waits for a worker")).to_be_visible()
    run = SyncRun.objects.get()
    execute(run_id=run.pk, now=timezone.now())
    expect(page.get_by_text("0 of 8 delivered")).to_be_visible()
    shoot(page, "run-live")
    page.reload()
    expect(page.get_by_text("0 of 8 delivered")).to_be_visible()
    refusal = NeedsAPerson("project is closed", klass="data", status=422)
    store("billing-main").fail_next(1, refusal)
    drain(connection="billing-main", now=timezone.now())
    finish_delivered(now=timezone.now())
    expect(page.get_by_text("7 delivered, 2 with people")).to_be_visible()
    expect(page.locator("#run [hx-trigger]")).to_have_count(0)
    shoot(page, "run")
    page.goto(f"{live_server}/runs/")
    shoot(page, "runs")
