"""What an address of the queue asks for: view, tokens, words, grouping, page. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

VIEWS = (
    ("", "All open", "queue"),
    ("mine", "My claimed", "user"),
    ("unclaimed", "Unclaimed", "na"),
    ("role", "Mine by role", "people"),
    ("breached", "Breached", "stop"),
    ("breaching", "Breaching in 2 h", "wait"),
    ("blocking", "Blocking others", "block"),
    ("waiting_signature", "Needs a signature", "sign"),
    ("waiting_source", "Waits for its author", "out"),
    ("waiting_change", "Waits for a change", "pull"),
    ("snoozed", "Snoozed", "pause"),
)
GROUPS = (
    ("", "Problem"),
    ("customer", "Customer"),
    ("project", "Project"),
    ("system", "System"),
    ("record", "Record"),
)
_TOKEN = re.compile(r'^([a-z]+):("[^"]+"|\S+)$', re.IGNORECASE)
_PARTS = re.compile(r'[a-z]+:"[^"]*"|\S+', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: kept in every link of the queue."""

    view: str
    tokens: tuple[str, ...]
    words: str
    group: str
    page: int

    @classmethod
    def read(cls, params: QueryDict) -> Asked:
        """From the query string; what nobody can read is left out."""
        texts = [*params.getlist("t"), *_PARTS.findall(params.get("q", ""))]
        tokens = tuple(dict.fromkeys(text for text in texts if _TOKEN.match(text)))
        number = params.get("page", "")
        return cls(
            view=params.get("view", "") if params.get("view") in {v for v, _, _ in VIEWS} else "",
            tokens=tokens,
            words=" ".join(text for text in texts if text not in tokens),
            group=params.get("group", "") if params.get("group") in dict(GROUPS) else "",
            page=max(int(number), 1) if number.isdecimal() and len(number) < 6 else 1,
        )

    @property
    def search(self) -> str:
        """As the search box reads it."""
        return " ".join([*self.tokens, self.words]).strip()

    def query(self, **other: Any) -> str:
        """`?view=…&q=…` with these differences; empty where nothing is asked."""
        values = {"view": self.view, "t": self.tokens, "q": self.words, "group": self.group}
        found = QueryDict(mutable=True)
        for name, value in {**values, **other}.items():
            if isinstance(value, tuple):
                found.setlist(name, list(value))
            elif value:
                found[name] = str(value)
        return f"?{found.urlencode()}" if found.urlencode() else ""
