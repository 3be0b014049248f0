"""The whole firm in five walks, each as its visitor would take it; later walks build on earlier."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from portal.demo.answers.faults import faults
from portal.demo.firm.world import build
from tests.journeys.conftest import LOCALE, WIDE, watched
from tests.journeys.whole_firm import WholeFirm
from tests.portal.test_up_process import ROOT
from tests.portal.web import sheets

Enter = Callable[[str], Page]
Shoot = Callable[[Page, str], None]
PROJECT = "PRJ-2041"
WAIT = 180_000.0
"""Milliseconds that the firm is given for what happens by itself."""
EXPENSE = "/api/v1/data-contract-versions/expense@1.0.0"


@pytest.fixture
def enter(browser: Browser, whole_firm: WholeFirm) -> Iterator[Enter]:
    """`enter("helen")`: her own browser, signed in; nothing may be said on its console."""
    contexts, said = [], []

    def entered(username: str) -> Page:
        context = browser.new_context(viewport=WIDE, reduced_motion="reduce", **LOCALE)
        page, heard = watched(context)
        contexts.append(context)
        said.append(heard)
        return whole_firm.sign_in(page, username)

    yield entered
    for context in contexts:
        context.close()
    assert [line for heard in said for line in heard] == []


def finance_of(firm: WholeFirm, page: Page) -> Locator:
    """The cause's row beside the unbilled money, as finance sees it."""
    page.goto(f"{firm.base}/dashboards/approved-not-billed/")
    return page.get_by_role("row", name=f"Project {PROJECT} is unknown in ERP")


def number(text: str) -> float:
    """`€ 109,365.82` as a number."""
    return float(re.sub(r"[^0-9.\-]", "", text))


def saved(page: Page, kind: str) -> bytes:
    """What the browser saves from the menu of a list."""
    if not page.locator("#export").is_visible():
        page.get_by_role("button", name="Export").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name=kind).click()
    return Path(coming.value.path()).read_bytes()


def approve(page: Page, reason: str, shoot: Shoot | None) -> None:
    """By keyboard, through the dialog, with every finding acknowledged."""
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Approve revision")
    for finding in dialog.get_by_role("checkbox").all():
        finding.check()
    dialog.get_by_label("Reason").fill(reason)
    if shoot:
        shoot(page, f"story-approve-{urlsplit(page.url).path.split('/')[2]}")
    dialog.get_by_role("button", name="Approve", exact=True).click()


def comes(page: Page, address: str, sought: Locator) -> None:
    """Look again until what happens by itself has happened."""
    deadline = time.monotonic() + WAIT / 1000
    page.goto(address)
    while not sought.count() and time.monotonic() < deadline:
        time.sleep(1)
        page.goto(address)
    assert sought.count(), page.locator("main").inner_text()


@dataclass(frozen=True)
class Pipeline:
    """A program's own command line, with its token."""

    base: str
    token: Path

    def call(self, *words: str | Path) -> str:
        """What it prints; it must end well."""
        asked = [sys.executable, "-m", "portal.client", *words]
        asked += ["--url", self.base, "--token-file", self.token]
        told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stdout + told.stderr
        return told.stdout


def test_the_product_finds_what_was_planted(whole_firm: WholeFirm) -> None:
    told = whole_firm.answers()
    assert (told.returncode, "WRONG" in told.stdout) == (0, False), told.stdout + told.stderr
    assert "equal the answer key" in told.stdout


def test_finance_follows_a_figure_to_the_entry_that_stopped(
    whole_firm: WholeFirm, enter: Enter, shoot: Shoot
) -> None:
    page = enter("helen")
    shoot(page, "story-finance-1-home")
    page.get_by_role("link", name="Dashboards").first.click()
    shoot(page, "story-finance-2-dashboard")
    page.get_by_role("link", name="Approved, not billed", exact=True).click()
    shoot(page, "story-finance-3-unbilled")
    cause = page.get_by_role("row", name=f"Project {PROJECT} is unknown in ERP")
    stated = number(cause.locator("td").nth(2).inner_text())
    cause.get_by_role("link").first.click()
    head = number(page.locator(".sums .tile__value").inner_text())
    [planted] = [one for one in faults(build()) if one.found == "reference"]
    assert [stated, head] == [planted.money.euros / 100] * 2
    shoot(page, "story-finance-4-cause")
    rows = list(csv.DictReader(io.StringIO(saved(page, "CSV").decode("utf-8-sig"))))
    base = next(name for name in rows[0] if name.upper().endswith("EUR"))
    assert round(sum(float(row[base]) for row in rows), 2) == head
    head_row, *body = sheets.rows(saved(page, "Excel"))
    assert round(sum(row[head_row.index(base)] for row in body), 2) == head
    page.get_by_role("table").last.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(page.get_by_text("Stopped at")).to_be_visible()
    shoot(page, "story-finance-5-entry")


def test_an_auditor_follows_an_invoice_to_the_votes_and_verifies_offline(
    whole_firm: WholeFirm, enter: Enter, shoot: Shoot, tmp_path: Path
) -> None:
    page = enter("ingrid")
    page.get_by_role("link", name="Audit").first.click()
    page.get_by_role("searchbox").last.fill("GB-2026-000280")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="GB-2026-000280").first.click()
    expect(page.get_by_label("From approval to cash")).to_be_visible()
    ran_under = page.locator(".facts").filter(has_text="Flow agreement").first
    expect(ran_under).to_contain_text("Billing is the system of record")
    shoot(page, "story-auditor-1-invoice")
    ran_under.get_by_role("link", name="Invoices issued").click()
    shoot(page, "story-auditor-2-flow-agreement")
    page.go_back()
    ran_under.get_by_role("link", name="CR-0001").click()
    for signer in ("Aoife Byrne", "Karl Hoffmann"):
        expect(page.locator(".decision")).to_contain_text(signer)
    shoot(page, "story-auditor-3-votes")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Export evidence").click()
    with zipfile.ZipFile(coming.value.path()) as evidence:
        evidence.extractall(tmp_path)
    verified = subprocess.run(
        [sys.executable, "-I", "verify.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_steward_picks_the_project_and_a_colleague_signs(
    whole_firm: WholeFirm, enter: Enter, shoot: Shoot
) -> None:
    page = enter("tomasz")
    page.get_by_role("link", name="Queue").first.click()
    shoot(page, "story-steward-1-queue")
    page.goto(f"{whole_firm.base}/queue/?q={PROJECT}")
    page.get_by_role("link", name=f"Project {PROJECT} is unknown in ERP").first.click()
    page.wait_for_url("**/queue/problems/**")
    page.get_by_role("radio").and_(page.locator("[value='P-70999']")).check()
    expect(page.locator("#outlook")).to_contain_text("released", timeout=WAIT)
    page.locator("#fix").get_by_label("Reason").fill(
        "same customer and dates, renumbered in the ERP"
    )
    shoot(page, "story-steward-2-pick")
    page.get_by_role("button", name="Ask for the second signature").click()
    expect(page.locator("#fix")).to_contain_text("someone else signs")
    colleague = enter("sofia")
    colleague.goto(f"{whole_firm.base}/queue/?view=waiting_signature")
    colleague.get_by_role("link", name=f"Project {PROJECT} is unknown in ERP").first.click()
    colleague.wait_for_url("**/queue/problems/**")
    colleague.get_by_label("Why you sign").fill("the ERP's clerk confirms it")
    shoot(colleague, "story-steward-3-sign")
    colleague.get_by_role("button", name="Sign", exact=True).click()
    expect(colleague.locator("#fix")).to_contain_text("Resolved", timeout=WAIT)
    colleague.goto(f"{whole_firm.base}/queue/?q={PROJECT}")
    expect(colleague.get_by_role("link", name=f"Project {PROJECT}")).to_have_count(0)
    cause = finance_of(whole_firm, enter("helen"))
    expect(cause).to_have_count(0)


def test_an_architect_approves_and_the_next_run_uses_it(
    whole_firm: WholeFirm, enter: Enter, shoot: Shoot
) -> None:
    page = enter("marta")
    shoot(page, "story-architect-1-home")
    page.get_by_role("link", name="the amount of an invoice becomes gross").first.click()
    expect(page.get_by_text("BREAKING").first).to_be_visible()
    shoot(page, "story-architect-2-diff")
    page.get_by_role("link", name="Impact").click()
    shoot(page, "story-architect-3-impact")
    page.get_by_role("link", name="Shadow replay").click()
    shoot(page, "story-architect-4-shadow")
    approve(page, "Finance knows; the ERP goes on getting net", shoot)
    expect(page.get_by_text("completes the quorum")).to_be_visible()
    flow = f"{whole_firm.base}/catalogue/flows/invoices-to-erp/"
    agreed = page.get_by_role("table", name="Flow agreements").get_by_role("row", name="no. 2")
    comes(page, flow, agreed)
    expect(agreed).to_contain_text("CR-0002")
    digest = agreed.locator("code").inner_text()
    shoot(page, "story-architect-6-agreement")
    ran = page.get_by_role("table", name="Recent runs").get_by_role("row").filter(has_text=digest)
    comes(page, flow, ran)
    ran.first.get_by_role("link").first.click()
    expect(page.locator(".facts").filter(has_text="Flow agreement").first).to_contain_text(digest)
    shoot(page, "story-architect-7-run")


def test_a_pipeline_proposes_and_the_flow_agreement_changes(
    whole_firm: WholeFirm, enter: Enter, shoot: Shoot, tmp_path: Path
) -> None:
    page = enter("devon")
    page.goto(f"{whole_firm.base}/settings/tokens/new/")
    page.get_by_label("Name").fill("pipeline of the expense service")
    for scope in ("changes:write", "changes:read", "registry:read"):
        page.locator(f"input[value='{scope}']").check()
    shoot(page, "story-automation-1-token")
    page.get_by_role("button", name="Make").click()
    (tmp_path / "token").write_text(page.locator("input[readonly]").input_value())
    concordat = Pipeline(whole_firm.base, tmp_path / "token")
    before = concordat.call("agreement", "expenses-to-billing", "--digest").strip()
    version = json.loads(page.request.get(f"{whole_firm.base}{EXPENSE}").text())["document"]
    version |= {"version": "1.1.0"}
    version["fields"]["incurred_on"]["meaning"] = "Day on the receipt, where the money was spent"
    (tmp_path / "schema.json").write_text(json.dumps(version["schema"]))
    assert "compatible" in concordat.call("gate", "--contract", "expense", tmp_path / "schema.json")
    item = {"kind": "data_contract_version", "document": version}
    (tmp_path / "item.json").write_text(json.dumps(item))
    told = concordat.call("propose", "--title", "The day of an expense", tmp_path / "item.json")
    number = re.search(r"change request (\d+): in_review", told)
    assert number, told
    for voter in ("jonas", "helen", "marta"):
        page = enter(voter)
        page.goto(f"{whole_firm.base}/changes/{number[1]}/")
        approve(page, "The tax office asks for this day", shoot if voter == "marta" else None)
        expect(page.get_by_text("approved r1").first).to_be_visible()
    assert "active" in concordat.call("status", number[1], "--wait", "180")
    after = concordat.call("agreement", "expenses-to-billing", "--known", before)
    assert after.strip() not in {"", before}
