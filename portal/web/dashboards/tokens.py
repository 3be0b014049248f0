"""What narrows a list, each with the way back."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sla import terms as agreed
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.forms import ABOUT
from portal.web.dashboards.lists import GROUPS, word

NAMES = {**GROUPS, "piece": "Movement", "hop": "Stage"}


@dataclass(frozen=True, slots=True)
class Token:
    """A filter that is set; `without` is the list without it."""

    name: str
    value: str
    without: str


def tokens(slug: str, asked: Asked) -> list[Token]:
    """Filters first, then the piece."""
    terms = agreed.current()
    about = {name: asked.params[name] for name in ABOUT if name in asked.params}
    return [
        Token(NAMES[name], word(name, value, terms), asked.within(slug, **{name: ""}))
        for name, value in {**about, **asked.piece}.items()
    ]
