"""The rail: what people do, in the order in which they do it.

The shell knows no capability. A place shows up when a URL of its name exists; its count and the
health line come from callables that `portal.web.urls` hands over.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from portal.web.shell.access import SignedIn


@dataclass(frozen=True)
class Place:
    """One entry of the rail; `key` follows `g` on the keyboard."""

    label: str
    url_name: str
    icon: str
    key: str
    permission: str = ""


@dataclass(frozen=True)
class Count:
    """A number beside a place, with its unit for those who cannot see where it stands."""

    number: int
    unit: str = "open"
    hot: bool = False


@dataclass(frozen=True)
class Health:
    """Whether what the portal shows is fresh: a status kind, a sentence and a detail."""

    kind: str
    sentence: str
    detail: str = ""


@dataclass(frozen=True)
class Bell:
    """Where one's notices are, and how many are unread."""

    url: str
    number: int


@dataclass(frozen=True)
class Entry:
    """A place as one person sees it now."""

    place: Place
    url: str
    current: bool
    count: Count | None


NAV = (
    Place("Home", "home", "home", "h"),
    Place("Queue", "queue", "queue", "q", "integrations.view_case"),
    Place("Dashboards", "dashboards", "chart", "d", "integrations.view_sla"),
    Place("Changes", "changes", "pull", "c", "governance.view_change"),
    Place("Catalogue", "catalogue", "book", "l", "governance.view_registry"),
    Place("Runs", "runs", "run", "r", "integrations.view_run"),
    Place("Audit", "audit", "shield", "a", "integrations.view_record"),
    Place("Settings", "settings", "gear", "s"),
)

counts: dict[str, Callable[[SignedIn], Count | None]] = {}
"""By the `url_name` of a place."""

health: list[Callable[[SignedIn], Health]] = []
"""At most one; empty until somebody can answer."""

bells: list[Callable[[SignedIn], Bell]] = []
"""At most one."""


def entries(request: SignedIn) -> list[Entry]:
    """The places that exist and that this person may open."""
    chosen = dict(request.user.saved_views.filter(is_default=True).values_list("page", "query"))
    return [entry for place in NAV if (entry := _entry(place, request, chosen))]


def _entry(place: Place, request: SignedIn, chosen: dict[str, str]) -> Entry | None:
    """Chosen: the query of the view that the person wants first, by the name of the list."""
    url = address(place.url_name)
    if not url or (place.permission and not request.user.has_perm(place.permission)):
        return None
    count = counts[place.url_name](request) if place.url_name in counts else None
    query = f"?{chosen[place.url_name]}" if chosen.get(place.url_name) else ""
    return Entry(place, f"{url}{query}", _is_here(url, request.path), count)


def address(url_name: str) -> str:
    """The URL of that name, or nothing while no page has it."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _is_here(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
