"""What the catalogue tells the search."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from django.db.models import Q

from governance.approvals.kinds import KINDS
from portal.web.catalogue.presenting import address
from portal.web.shell.access import SignedIn
from portal.web.shell.search import Hit

SOUGHT = ("flow", "api", "data_contract", "system", "entity", "connection", "mapping", "value_map")


def find(request: SignedIn, words: str, limit: int) -> Iterable[Hit]:
    """By slug or name, kind by kind until there are enough."""
    if not request.user.has_perm("governance.view_registry"):
        return
    yield from islice(_hits(words, limit), limit)


def _hits(words: str, limit: int) -> Iterable[Hit]:
    for name in SOUGHT:
        kind = KINDS[name]
        rows = kind.model._default_manager.filter(
            Q(slug__icontains=words) | Q(name__icontains=words)
        )
        for row in rows.order_by("slug")[:limit]:
            yield Hit(row.name, address(row), f"{kind.label} · {row.status}", "book")
