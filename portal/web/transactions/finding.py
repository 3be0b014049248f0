"""Which transactions a person means: by business key, record or id in the target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q

from integrations.cases.queries import live
from integrations.messages.models import InboxMessage
from portal.access import scopes
from portal.accounts.models import User

MOST = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One transaction of the search."""

    key: str
    what: str
    records: int
    flow: str
    at: datetime
    cases: int


def search(person: User, words: str, *, limit: int = MOST) -> list[Found]:
    """Newest first: whole transactions, then single records; five queries at most."""
    if not words:
        return _grouped(person, scopes.messages(person), "business_key", limit)
    rows = scopes.messages(person)
    named = _grouped(person, rows.filter(business_key__istartswith=words), "business_key", limit)
    effects = scopes.operations(person).filter(
        Q(target_id__iexact=words) | Q(business_key__iexact=words)
    )
    ids = list(effects.values_list("message", flat=True)[:limit])
    records = rows.filter(Q(key__istartswith=words) | Q(pk__in=ids))
    single = _grouped(person, records, "key", limit)
    known = {one.key for one in named}
    return [*named, *(one for one in single if one.key not in known)][:limit]


def _grouped(person: User, rows: Any, name: str, limit: int) -> list[Found]:
    groups = list(
        rows.exclude(**{name: ""})
        .order_by()
        .values(name)
        .annotate(
            records=Count("key", distinct=True),
            at=Max("accepted_at"),
            flow=Max("flow__name"),
        )
        .order_by("-at", name)[:limit]
    )
    keys = [group[name] for group in groups]
    cases = _cases(person, "business_key" if name == "business_key" else "message__key", keys)
    what = "transaction" if name == "business_key" else "record"
    return [
        Found(one[name], what, one["records"], one["flow"], one["at"], cases.get(one[name], 0))
        for one in groups
    ]


def _cases(person: User, name: str, keys: list[str]) -> dict[str, int]:
    rows = live(scopes.cases(person)).filter(**{f"{name}__in": keys}).order_by()
    return {row[name]: row["n"] for row in rows.values(name).annotate(n=Count("pk"))}


def messages_of(person: User, key: str, *, most: int) -> list[InboxMessage]:
    """The versions that belong to a key, newest `most` of them, oldest first."""
    rows = scopes.messages(person)
    effects = scopes.operations(person).filter(Q(business_key=key) | Q(target_id=key))
    ids = list(effects.order_by("-pk").values_list("message", flat=True)[:most])
    found = rows.filter(Q(business_key=key) | Q(key=key) | Q(pk__in=ids))
    named = found.select_related("flow").order_by("-pk")
    return sorted(named[:most], key=lambda one: one.pk)
