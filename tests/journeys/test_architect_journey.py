"""The architect's day in a browser: read a change, comment, decide; and the next run obeys."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from governance.agreements.models import Agreement
from governance.approvals import services
from governance.approvals.impacts import impacts
from governance.approvals.lifecycle import Verdict
from governance.approvals.models import ChangeRequest
from governance.catalog.models import ApiVersion
from governance.catalog.specifications import store_specification
from governance.flows.models import ValueMap
from portal.accounts.models import User
from tests import pipeline
from tests.firm import (
    EFFECTS,
    NOW,
    READ_RULES,
    TIME_SCHEMA,
    base_items,
    contract_version_item,
    mapping_item,
    register,
    value_map_item,
)

pytestmark = pytest.mark.django_db(transaction=True)

People = Callable[[str], User]
SignIn = Callable[[User], Page]
Shoot = Callable[[Page, str], None]
TABS = ("impact", "conversation", "checks", "rollout")


def approver_items(*, required: bool = False) -> list[dict[str, Any]]:
    """Records say who approved them, and billing gets it."""
    entity = copy.deepcopy(next(one for one in base_items() if one["kind"] == "entity"))
    entity["document"]["groups"][0]["attributes"].append({"name": "approved_by"})
    schema = copy.deepcopy(TIME_SCHEMA)
    schema["properties"]["approved_by"] = {"type": "string"}
    if required:
        schema["required"].append("approved_by")
    rule = {"to": "approved_by", "from": "approved_by"}
    effects = copy.deepcopy(EFFECTS)
    effects[0]["body"].append(rule)
    return [
        entity,
        contract_version_item("1.1.0", schema=schema),
        mapping_item(read={"rules": [*READ_RULES, rule]}, effects=effects),
    ]


def propose(by: User, items: list[dict[str, Any]], title: str) -> ChangeRequest:
    """A request in review."""
    said = "Clients ask who approved their hours. Amounts and tax stay as they are."
    return services.propose(by=by, title=title, description=said, items=items)


def vote(request: ChangeRequest, by: User) -> None:
    """A colleague's approval of what stands there now."""
    shown = request.revisions.get(number=request.revision_number)
    services.vote(
        request=request,
        by=by,
        verdict=Verdict.APPROVE,
        reason="Seen",
        seen=shown.digest,
        acknowledged=[one.key for one in impacts(request, shown)],
        sign_in_age=timedelta(0),
    )


def approve(page: Page, reason: str) -> None:
    """By keyboard, through the dialog, with every finding acknowledged."""
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Approve revision")
    for finding in dialog.get_by_role("checkbox").all():
        finding.check()
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name="Approve", exact=True).click()


def test_an_approval_changes_what_the_next_run_delivers(
    firm: Agreement,
    person: People,
    sign_in: SignIn,
    shoot: Shoot,
    live_server: object,
) -> None:
    pipeline.put(pipeline.time_entry("T-1"), pipeline.time_entry("T-2", project="P-2"))
    pipeline.run(firm)
    assert "approved_by" not in pipeline.items()["T-1"]
    request = propose(person("ada"), approver_items(), "Billing learns who approved the time")
    page = sign_in(person("olga"))
    page.goto(f"{live_server}/changes/")
    shoot(page, "changes")
    page.get_by_role("link", name="Billing learns who approved the time").first.click()
    expect(page.get_by_text("waiting for you,")).to_be_visible()
    expect(page.get_by_role("group", name="Difference of Mapping time-to-billing")).to_be_visible()
    shoot(page, "change-diff")
    page.get_by_role("link", name="Conversation").click()
    page.get_by_label("Comment").fill("Is the name of the approver personal data?")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_text("Is the name of the approver personal data?")).to_be_visible()
    for tab in TABS:
        page.goto(f"{live_server}/changes/{request.pk}/?tab={tab}")
        shoot(page, f"change-{tab}")
    page.keyboard.press("a")
    expect(page.get_by_role("dialog", name="Approve revision 1")).to_be_visible()
    shoot(page, "change-approve")
    page.keyboard.press("Escape")
    approve(page, "Agreed with billing")
    expect(page.get_by_text("completes the quorum")).to_be_visible()
    services.activate_due(now=timezone.now())
    active = Agreement.objects.get(flow=firm.flow, status="active")
    assert (active.number, active.digest != firm.digest) == (2, True)
    pipeline.put(pipeline.time_entry("T-3", approved_by="Priya Nair"))
    run = pipeline.run(active)
    assert pipeline.items()["T-3"]["approved_by"] == "Priya Nair"
    page.goto(f"{live_server}/runs/{run.pk}/")
    ran_under = page.locator(".facts").filter(has_text="Flow agreement").first
    expect(ran_under).to_contain_text(active.digest[:8])
    expect(ran_under).to_contain_text(f"CR-{request.pk:04d}")
    page.goto(f"{live_server}/catalogue/flows/time-to-billing/")
    expect(page.get_by_role("row", name="no. 2")).to_contain_text(f"CR-{request.pk:04d}")
    shoot(page, "catalogue-flow")
    page.goto(f"{live_server}/changes/{request.pk}/")
    shoot(page, "change-active")


def test_requested_changes_are_edited_and_then_approved(
    firm: Agreement, person: People, sign_in: SignIn, shoot: Shoot, live_server: object
) -> None:
    items = [value_map_item(("partner", "PARTNER"))]
    request = propose(person("ada"), items, "Partners are billed")
    page = sign_in(person("olga"))
    page.goto(f"{live_server}/changes/{request.pk}/")
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog", name="Ask the author for changes")
    dialog.get_by_label("Reason").fill("Billing codes have three letters")
    shoot(page, "change-request-changes")
    dialog.get_by_role("button", name="Request changes").click()
    expect(page.get_by_text("The author was asked for changes.")).to_be_visible()
    page.context.clear_cookies()
    page = sign_in(person("ada"))
    page.goto(f"{live_server}/changes/{request.pk}/?tab=conversation")
    expect(page.get_by_text("Billing codes have three letters").first).to_be_visible()
    page.keyboard.press("e")
    page.wait_for_url(f"{live_server}/changes/{request.pk}/edit/")
    box = page.get_by_label("Items")
    box.fill(box.input_value().replace("PARTNER", "PAR"))
    page.get_by_label("What changed in this revision").fill("three letters")
    shoot(page, "change-edit")
    page.get_by_role("button", name="Save revision").click()
    expect(page.get_by_text("A new revision stands")).to_be_visible()
    page.context.clear_cookies()
    page = sign_in(person("otto"))
    page.goto(f"{live_server}/changes/{request.pk}/")
    approve(page, "Now it fits")
    expect(page.get_by_text("completes the quorum")).to_be_visible()
    services.activate_due(now=timezone.now())
    rows = ValueMap.objects.get(slug="role-codes").document["rows"]
    assert rows[-1] == {"from": "partner", "to": "PAR"}


class TestRefused:
    """A refusal answers 422, which the browser notes on its console and nothing else."""

    @pytest.fixture
    def screen(self, context: BrowserContext) -> Iterator[Page]:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        yield page
        assert [line for line in said if "422" not in line] == []

    def test_a_stale_vote_comes_back_with_what_was_typed(
        self, firm: Agreement, person: People, sign_in: SignIn, shoot: Shoot, live_server: object
    ) -> None:
        items = [value_map_item(("partner", "PAR"))]
        request = propose(person("ada"), items, "Partners are billed")
        page = sign_in(person("olga"))
        page.goto(f"{live_server}/changes/{request.pk}/")
        seen = request.revisions.get().digest
        newer = [value_map_item(("partner", "PRT"))]
        services.revise(request=request, by=person("ada"), items=newer, note="", seen=seen)
        approve(page, "I read every row")
        dialog = page.get_by_role("dialog", name="Approve revision 2")
        expect(dialog).to_be_visible()
        expect(dialog.get_by_label("Reason")).to_have_value("I read every row")
        expect(dialog.get_by_role("alert").first).to_be_visible()
        shoot(page, "change-stale-vote")
        assert request.votes.count() == 0


def test_a_breaking_version_is_read_finding_by_finding(
    firm: Agreement, person: People, sign_in: SignIn, shoot: Shoot, live_server: object
) -> None:
    pipeline.put(*(pipeline.time_entry(f"T-{n}", amount=f"{n}40.50") for n in range(1, 9)))
    pipeline.run(firm)
    items = approver_items(required=True)
    request = propose(person("otto"), items, "Approved time 1.1.0: the approver is required")
    vote(request, person("ada"))
    page = sign_in(person("olga"))
    page.goto(f"{live_server}/changes/{request.pk}/")
    page.keyboard.press("n")
    first = page.locator(".finding--here")
    expect(first).to_contain_text("BREAKING")
    expect(first).to_contain_text("Witness")
    first.get_by_role("link", name="Comment").click()
    page.get_by_label("Comment").fill("Which feeds send no approver today?")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.goto(f"{live_server}/changes/{request.pk}/")
    expect(page.locator(".finding").first).to_contain_text("Which feeds send no approver today?")
    page.keyboard.press("n")
    shoot(page, "change-breaking")


def api_items(*versions: tuple[str, str]) -> list[dict[str, Any]]:
    """The PSA's interface in versions: (version, sunset day or empty)."""
    named = {"slug": "workplan", "name": "Workplan API", "domain": "delivery", "system": "psa"}
    items: list[dict[str, Any]] = [{"kind": "api", "document": named}]
    for version, sunset in versions:
        operation = {"summary": "Approved time", "responses": {"200": {"description": "ok"}}}
        text = {
            "openapi": "3.1.0",
            "info": {"title": "Workplan", "version": version},
            "paths": {"/time": {"get": operation}, f"/time/{version}": {"get": operation}},
        }
        held = store_specification(json.dumps(text).encode())
        document = {
            "api": "workplan",
            "version": version,
            "domain": "delivery",
            "specification": held.digest,
            **({"sunset_on": sunset} if sunset else {}),
        }
        items.append({"kind": "api_version", "document": document})
    return items


def test_the_catalogue_says_what_runs_and_since_when(
    firm: Agreement, person: People, sign_in: SignIn, shoot: Shoot, live_server: object
) -> None:
    sunset = (timezone.localdate() + timedelta(days=38)).isoformat()
    register(api_items(("1.4.0", sunset), ("2.2.0", "")))
    earlier = ApiVersion.objects.get(version="2.2.0")
    earlier.status = "superseded"
    earlier.save()
    earlier.history.filter(status="superseded").update(history_date=NOW + timedelta(days=120))
    register(api_items(("2.3.0", "")))
    propose(person("ada"), api_items(("3.0.0", ""))[1:], "Workplan API 3.0.0")
    pipeline.put(*(pipeline.time_entry(f"T-{n}", amount=f"{n}40.50") for n in range(1, 13)))
    pipeline.put(pipeline.time_entry("T-99", role="partner"))
    pipeline.run(firm)
    page = sign_in(person("olga"))
    page.goto(f"{live_server}/catalogue/")
    flows = page.get_by_role("table", name="Flows")
    expect(flows).to_contain_text(firm.digest[:8])
    expect(flows).to_contain_text("Psa → Billing")
    shoot(page, "catalogue")
    page.goto(f"{live_server}/catalogue/data-contracts/time-entry/")
    shoot(page, "catalogue-contract")
    page.goto(f"{live_server}/catalogue/flows/")
    shoot(page, "catalogue-list")
    page.goto(f"{live_server}/catalogue/apis/workplan/")
    versions = page.get_by_role("region", name="Versions on a timeline")
    expect(versions).to_contain_text("Deprecated, sunset")
    expect(versions).to_contain_text("3.0.0")
    shoot(page, "catalogue-api")


def test_a_page_as_of_a_day_shows_what_was_agreed_then(
    firm: Agreement, person: People, sign_in: SignIn, shoot: Shoot, live_server: object
) -> None:
    row = ValueMap.objects.get(slug="role-codes")
    row.history.update(history_date=timezone.now() - timedelta(days=10))
    register([value_map_item(("partner", "PAR"))])
    page = sign_in(person("vera"))
    page.goto(f"{live_server}/catalogue/value-maps/role-codes/?tab=document")
    expect(page.locator("pre")).to_contain_text("partner")
    page.get_by_role("button", name="As of today").click()
    page.get_by_label("As of the end of").fill(
        (timezone.localdate() - timedelta(days=7)).isoformat()
    )
    page.get_by_role("button", name="Show", exact=True).click()
    expect(
        page.get_by_role("status").filter(has_text="Revision 1, active on that day.")
    ).to_be_visible()
    expect(page.locator("pre")).not_to_contain_text("partner")
    shoot(page, "catalogue-as-of")
    page.get_by_role("link", name="History").click()
    shoot(page, "catalogue-history")
