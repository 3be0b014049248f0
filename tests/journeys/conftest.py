"""A real browser against a live server: light, dark, 360 px, and nothing on the console."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from portal.accounts.models import User
from tests.firm import PASSWORD
from tests.journeys.readable import stumbles
from tests.journeys.whole_firm import WholeFirm

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
LOCALE: Any = {"locale": "en-GB", "timezone_id": "Europe/Berlin"}
NARROW: ViewportSize = {"width": 360, "height": 800}
LOOKS: tuple[tuple[str, Literal["light", "dark"], ViewportSize], ...] = (
    ("light", "light", WIDE),
    ("dark", "dark", WIDE),
    ("360", "light", NARROW),
)

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
def _firm(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WholeFirm | None]:
    """Started before the first walk, so that it reads its history while others are walked."""
    if not any("whole_firm" in getattr(one, "fixturenames", ()) for one in request.session.items):
        yield None
        return
    firm = WholeFirm(tmp_path_factory.mktemp("firm"))
    yield firm
    firm.end()


@pytest.fixture
def whole_firm(_firm: WholeFirm) -> WholeFirm:
    """The sample firm, once it greets."""
    _firm.wait()
    return _firm


@pytest.fixture(autouse=True, scope="session")
def _static_root() -> None:
    """WhiteNoise warns about a missing folder, and a warning is an error here."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile in the reader's zone."""
    fresh = browser.new_context(viewport=WIDE, reduced_motion="reduce", **LOCALE)
    yield fresh
    fresh.close()


@pytest.fixture
def screen(context: BrowserContext) -> Iterator[Page]:
    """A page whose console must stay silent: a script error or a CSP violation fails the test."""
    page, said = watched(context)
    yield page
    assert said == []


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what its console will have said of errors and warnings."""
    page = context.new_page()
    said: list[str] = []
    page.on(
        "console",
        lambda line: said.append(line.text) if line.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    return page, said


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
    """Three pictures of what stands there now: light, dark, and light at 360 px; each readable."""

    def pictures(page: Page, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        found = {look: picture(page, name, look, theme, size) for look, theme, size in LOOKS}
        page.set_viewport_size(WIDE)
        assert found == {"light": {}, "dark": {}, "360": {}}

    return pictures


def picture(
    page: Page, name: str, look: str, theme: Literal["light", "dark"], size: ViewportSize
) -> dict[str, list[str]]:
    """Take one picture; answers what a person would stumble over."""
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme)
    page.screenshot(path=PICTURES / f"{name}-{look}.png", full_page=True)
    return stumbles(page)
