"""What every template may say without its view having asked."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.http import HttpRequest

from governance import clock
from portal.accounts.models import User
from portal.web.shell import navigation
from portal.web.shell.people import title_of
from portal.web.shell.preferences import KEYS, THEMES

if TYPE_CHECKING:
    from portal.web.shell.access import SignedIn


SHEETS = (
    "tokens",
    "ground",
    "badge",
    "controls",
    "table",
    "overlay",
    "review",
    "timeline",
    "chart",
    "figures",
    "shell",
    "queue",
    "small",
    "print",
)
SCRIPTS = ("dialogs", "keyboard", "queue", "times", "toasts")


class Shell:
    """The frame around a page; each part is computed only when a template draws it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    sheets = [f"css/{name}.css" for name in SHEETS]
    scripts = [f"js/{name}.js" for name in SCRIPTS]

    @property
    def firm(self) -> str:
        """Empty while nobody has named the firm."""
        return "" if settings.FIRM == "Concordat" else str(settings.FIRM)

    @property
    def now(self) -> datetime:
        """By which the page counts ages on, whatever the reader's clock says."""
        return clock.now()

    @property
    def theme(self) -> str:
        """`light` or `dark` when the person chose one, else empty."""
        return THEMES.get(self._request.COOKIES.get("theme", ""), "")

    @property
    def keys(self) -> str:
        """Whether single letters act: `on` or `off`."""
        return KEYS.get(self._request.COOKIES.get("keys", ""), "on")

    @property
    def demo(self) -> list[dict[str, str]]:
        """Sign-ins offered by a portal with invented data: username, password, name, does."""
        return getattr(settings, "DEMO_SIGN_INS", [])

    @cached_property
    def person(self) -> "SignedIn | None":
        user = getattr(self._request, "user", None)
        return cast("SignedIn", self._request) if isinstance(user, User) else None

    @cached_property
    def nav(self) -> list[navigation.Entry]:
        return navigation.entries(self.person) if self.person else []

    @cached_property
    def health(self) -> navigation.Health | None:
        if not self.person or not navigation.health:
            return None
        return navigation.health[0](self.person)

    @cached_property
    def bell(self) -> navigation.Bell | None:
        """One query, where it is drawn."""
        if not self.person or not navigation.bells:
            return None
        return navigation.bells[0](self.person)

    @cached_property
    def title(self) -> str:
        """What the person is here, such as "Architect"."""
        return title_of(self.person.user) if self.person else ""


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor."""
    return {"shell": Shell(request)}
