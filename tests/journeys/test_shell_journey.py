"""The shell in a browser: sign in, move by keyboard, choose a theme, read every component."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings

from portal.accounts.models import User
from portal.web.shell import needs
from portal.web.shell.needs import Need
from tests.firm import PASSWORD
from tests.journeys.readable import stumbles

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def marta() -> User:
    return User.objects.create(
        username="marta", first_name="Marta", last_name="Lindholm", time_zone="Europe/Berlin"
    )


def test_the_sign_in_page_says_what_the_product_is(
    live_server: object, screen: Page, shoot: Callable[[Page, str], None]
) -> None:
    screen.goto(f"{live_server}/accounts/login/")
    expect(screen.get_by_role("heading", level=1)).to_have_text("Sign in")
    shoot(screen, "sign-in")


def test_home_greets_and_says_that_nothing_waits(
    marta: User, sign_in: Callable[[User], Page], shoot: Callable[[Page, str], None]
) -> None:
    page = sign_in(marta)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing is urgent.")
    shoot(page, "home-empty")


def test_every_component_shows_in_every_theme_and_fits_a_small_screen(
    marta: User,
    settings: Settings,
    live_server: object,
    sign_in: Callable[[User], Page],
    shoot: Callable[[Page, str], None],
) -> None:
    page = sign_in(marta)
    settings.DEBUG = True
    page.goto(f"{live_server}/styleguide/")
    shoot(page, "styleguide")


def test_the_keyboard_opens_help_search_and_dialogs(
    marta: User,
    settings: Settings,
    live_server: object,
    sign_in: Callable[[User], Page],
    shoot: Callable[[Page, str], None],
) -> None:
    page = sign_in(marta)
    settings.DEBUG = True
    page.goto(f"{live_server}/styleguide/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    expect(page.get_by_role("dialog", name="Keyboard")).to_contain_text("Request changes")
    shoot(page, "keys")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.get_by_role("dialog", name="Approve revision 3")).to_be_visible()
    shoot(page, "dialog")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.get_by_role("searchbox", name="Search everything").fill("zzz")
    expect(page.locator("#hits")).to_contain_text("Nothing is called “zzz”")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(f"{live_server}/")


def test_single_letters_can_be_turned_off(
    marta: User, live_server: object, sign_in: Callable[[User], Page]
) -> None:
    page = sign_in(marta)
    page.keyboard.press("?")
    page.get_by_role("button", name="Turn single letters off").click()
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_hidden()


def test_a_chosen_theme_is_in_the_first_byte_and_stays(
    marta: User, live_server: object, sign_in: Callable[[User], Page]
) -> None:
    page = sign_in(marta)
    page.get_by_role("button", name="Marta Lindholm").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_small_screen_reaches_the_rail_by_its_menu(
    marta: User, live_server: object, sign_in: Callable[[User], Page]
) -> None:
    page = sign_in(marta)
    page.set_viewport_size({"width": 360, "height": 800})
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def test_what_the_server_refuses_to_htmx_is_told_in_a_toast(
    live_server: object, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(f"{live_server}/accounts/login/")
    page.evaluate("htmx.ajax('GET', '/nowhere/', '#main')")
    expect(page.get_by_role("status")).to_contain_text("That is no longer here.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_role("button", name="Close this message").click()
    expect(page.locator("[data-toast]")).to_have_count(0)


def test_an_authenticator_app_is_set_up_by_picture_or_by_key(
    marta: User, live_server: object, sign_in: Callable[[User], Page], shoot: Callable[..., None]
) -> None:
    page = sign_in(marta)
    page.goto(f"{live_server}/accounts/2fa/totp/activate/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("img", name="QR code of the key")).to_be_visible()
    shoot(page, "second-factor")


def test_the_checks_of_every_picture_find_what_they_look_for(context: BrowserContext) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 800})
    page.set_content(
        '<p style="color:#999;background:#fff">pale</p><button id="a" style="width:9px"></button>'
        '<p id="a" style="width:900px">long</p>'
    )
    assert {kind: len(found) for kind, found in stumbles(page).items()} == {
        "contrast below 4.5": 1,
        "target below 24 px": 1,
        "without a name": 1,
        "id twice": 1,
        "wider than the page": 1,
    }


def test_enter_presses_the_primary_action_of_a_page_that_offers_it(
    marta: User, live_server: object, sign_in: Callable[[User], Page]
) -> None:
    page = sign_in(marta)
    needs.askers.append(
        lambda request: Need(
            "My approvals", "", sentence="One vote.", action="Review", action_url="/search/"
        )
    )
    try:
        page.goto(f"{live_server}/")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{live_server}/search/")
    finally:
        needs.askers.pop()
