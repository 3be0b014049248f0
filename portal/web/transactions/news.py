"""Transactions in the search over everything."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from portal.web.shell.access import SignedIn
from portal.web.shell.search import Hit
from portal.web.transactions import finding


def find(request: SignedIn, words: str, limit: int) -> Iterable[Hit]:
    """By business key, record or id in the target."""
    if not request.user.has_perm("integrations.view_record"):
        return []
    return [
        Hit(one.key, reverse("transaction", args=[one.key]), f"{one.what}, {one.flow}", "shield")
        for one in finding.search(request.user, words, limit=limit)
    ]
