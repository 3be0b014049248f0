"""What narrows a list, each with the way back."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sla import terms as agreed
from portal.accounts.models import User
from portal.web.dashboards.asking import Asked
from portal.web.dashboards.causes import problems
from portal.web.dashboards.forms import ABOUT
from portal.web.dashboards.lists import GROUPS, word

NAMES = {**GROUPS, "piece": "Movement", "hop": "Stage"}


@dataclass(frozen=True, slots=True)
class Token:
    """A filter that is set; `without` is the list without it."""

    name: str
    value: str
    without: str


def tokens(slug: str, asked: Asked, person: User) -> list[Token]:
    """Filters first, then the piece; a cause by the headline of its problem."""
    terms = agreed.current()
    cause = asked.piece.get("cause", "")
    told = {key: one.title for key, one in problems(person, [cause]).items()}
    about = {name: asked.params[name] for name in ABOUT if name in asked.params}
    return [
        Token(
            NAMES[name],
            told.get(value) or word(name, value, terms),
            asked.within(slug, **{name: ""}),
        )
        for name, value in {**about, **asked.piece}.items()
    ]
