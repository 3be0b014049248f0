"""Search over everything: each capability finds its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portal.web.shell.access import SignedIn

LIMIT = 6
"""Hits shown per group; the list page of the group shows the rest."""


@dataclass(frozen=True)
class Hit:
    """Something found: what it is called, what it is, and where it stands."""

    title: str
    url: str
    sub: str = ""
    icon: str = "right"


@dataclass(frozen=True)
class Group:
    """Hits of one kind under their heading."""

    title: str
    hits: list[Hit]


Finder = Callable[[SignedIn, str, int], Iterable[Hit]]
finders: list[tuple[str, Finder]] = []
"""Heading and callable `(request, words, limit)`, in the order shown."""


def find(request: SignedIn, words: str) -> list[Group]:
    """The groups that have hits; nothing for fewer than two letters."""
    if len(words) < 2:
        return []
    groups = [Group(title, list(finder(request, words, LIMIT))) for title, finder in finders]
    return [group for group in groups if group.hits]
