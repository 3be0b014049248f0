"""What Home asks of every capability: "what needs me?"

`portal.web.urls` hands callables to `askers`; each answers with one section, or with None when it
has nothing to do with this person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.web.shell.access import SignedIn


@dataclass(frozen=True)
class Need:
    """One section of Home."""

    title: str
    template: str
    """Fragment that draws the rows; it sees this as `need`."""
    rows: Sequence[Any] = ()
    count: int = 0
    """All of them, also those not among the rows shown."""
    hot: bool = False
    summary: str = ""
    """A part of the line under the greeting, such as "3 approvals"."""
    sentence: str = ""
    """What is most urgent, as a sentence; the first one becomes the headline."""
    action: str = ""
    """Words of the primary button that goes with the sentence."""
    action_url: str = ""
    more: str = ""
    more_url: str = ""
    empty: str = "Nothing waits for you."
    aside: bool = False


askers: list[Callable[[SignedIn], Need | None]] = []
"""In the order in which their sections stand."""


def ask(request: SignedIn) -> list[Need]:
    """Every section that concerns this person."""
    return [need for asker in askers if (need := asker(request))]
