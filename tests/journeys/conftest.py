"""A real browser against a live server: light, dark, 360 px, and nothing on the console."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from portal.accounts.models import User

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PICTURES = Path(__file__).resolve().parents[2] / "var" / "screenshots"
WIDE: ViewportSize = {"width": 1440, "height": 1000}
NARROW: ViewportSize = {"width": 360, "height": 800}
PASSWORD = "a sentence of four words"

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the test's own thread


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; `CHROMIUM` names another one."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True, scope="session")
def _static_root() -> None:
    """WhiteNoise warns about a missing folder, and a warning is an error here."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile in the reader's zone."""
    fresh = browser.new_context(
        viewport=WIDE, locale="en-GB", timezone_id="Europe/Berlin", reduced_motion="reduce"
    )
    yield fresh
    fresh.close()


@pytest.fixture
def screen(context: BrowserContext) -> Iterator[Page]:
    """A page whose console must stay silent: a script error or a CSP violation fails the test."""
    page = context.new_page()
    said: list[str] = []
    page.on(
        "console",
        lambda line: said.append(line.text) if line.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    assert said == []


@pytest.fixture
def sign_in(live_server: object, screen: Page) -> Callable[[User], Page]:
    """Signs a person in through the form, as they would."""

    def signed(person: User, *, password: str = PASSWORD) -> Page:
        person.set_password(password)
        person.save(update_fields=["password"])
        screen.goto(f"{live_server}/accounts/login/")
        screen.get_by_label("Username").fill(person.username)
        screen.get_by_label("Password").fill(password)
        screen.get_by_role("button", name="Sign in", exact=True).click()
        screen.wait_for_url(f"{live_server}/")
        return screen

    return signed


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """Three pictures of what stands there now: light, dark, and light at 360 px."""

    def pictures(page: Page, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        for theme in ("light", "dark"):
            page.set_viewport_size(WIDE)
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=PICTURES / f"{name}-{theme}.png", full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(NARROW)
        page.screenshot(path=PICTURES / f"{name}-360.png", full_page=True)
        too_wide = overflowing(page)
        page.set_viewport_size(WIDE)
        assert too_wide == []

    return pictures


def overflowing(page: Page) -> list[str]:
    """What sticks out at the right of the page and does not scroll by itself."""
    found: list[str] = page.evaluate(
        """() => {
          const root = document.documentElement;
          if (root.scrollWidth <= root.clientWidth) return [];
          const scrolls = (e) => e && e !== root && e !== document.body
            && (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(e).overflowX)
                || scrolls(e.parentElement));
          return [...document.querySelectorAll("body *")]
            .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !scrolls(e))
            .map((e) => `${e.tagName}.${e.getAttribute("class") ?? ""}`.slice(0, 80));
        }"""
    )
    return found
