"""The API's own documentation in a browser, under the content policy of every other page.

`screen` fails the test at the first violation of the policy.
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from portal.accounts.models import User
from tests.journeys.conftest import LOOKS, picture

pytestmark = pytest.mark.django_db(transaction=True)


def opened(screen: Page, address: str, operation: str) -> Any:
    """The operation of that id, unfolded."""
    screen.goto(address)
    block = screen.locator(f"[id$={operation}]")
    block.locator(".opblock-summary-control").click()
    return block


def test_whoever_comes_by_reads_every_operation(
    db: None, live_server: object, screen: Page
) -> None:
    block = opened(screen, f"{live_server}/api/docs/", "propose_change")
    expect(block).to_contain_text(
        "Opened as a draft; nothing of it is saved when any item is wrong."
    )
    screen.get_by_role("button", name="Authorize").first.click()
    expect(screen.locator(".dialog-ux")).to_contain_text("Make one under Settings")


def test_a_signed_in_person_tries_an_operation_out(
    firm: Any, person: Callable[[str], User], live_server: object, sign_in: Callable[[User], Page]
) -> None:
    page = sign_in(person("ada"))
    block = opened(page, f"{live_server}/api/docs/", "who_am_i")
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()
    expect(block.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    expect(block.locator(".live-responses-table")).to_contain_text('"username": "ada"')


def test_it_is_readable_in_light_in_dark_and_at_360_px(
    db: None, live_server: object, screen: Page
) -> None:
    opened(screen, f"{live_server}/api/docs/", "list_audit_entries")
    for look, theme, size in LOOKS:
        found = picture(screen, "api-docs", look, theme, size)
        found.pop("without a name", None)  # Swagger UI names its arrows by title
        assert (look, found) == (look, {})
