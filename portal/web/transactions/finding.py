"""Which transactions a person means: by business key, record or id in the target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case as Choice
from django.db.models import CharField, Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from integrations.cases.models import Case
from integrations.cases.queries import live
from integrations.messages.models import InboxMessage
from portal.access import scopes
from portal.accounts.models import User

MOST = 50
RECENT = 1_000
"""Record versions that the list without a search looks at."""


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
    """Newest first: whole transactions, then single records."""
    rows = _named(scopes.messages(person))
    if not words:
        newest = rows.order_by("-pk").values("pk")[:RECENT]
        return _grouped(person, rows.filter(pk__in=newest), "known_as", limit)
    named = _grouped(person, rows.filter(**{"known_as__istartswith": words}), "known_as", limit)
    effects = scopes.operations(person).filter(
        Q(target_id__iexact=words) | Q(business_key__iexact=words)
    )
    ids = list(effects.values_list("message", flat=True)[:limit])
    records = rows.filter(Q(key__istartswith=words) | Q(pk__in=ids))
    single = _grouped(person, records, "key", limit)
    known = {one.key for one in named}
    return [*named, *(one for one in single if one.key not in known)][:limit]


def _named(rows: QuerySet[InboxMessage]) -> QuerySet[InboxMessage]:
    """Adds `known_as`: of what could not be planned only the case knows the business key."""
    told = Case.objects.filter(message=OuterRef("pk")).exclude(business_key="").order_by("pk")
    from_case = Coalesce(Subquery(told.values("business_key")[:1]), Value(""))
    return rows.annotate(
        known_as=Choice(
            When(business_key="", then=from_case),
            default=F("business_key"),
            output_field=CharField(),
        )
    )


def _grouped(person: User, rows: QuerySet[InboxMessage, Any], name: str, limit: int) -> list[Found]:
    groups: list[dict[str, Any]] = list(
        rows.exclude(**{name: ""})
        .order_by()
        .values(name)
        .annotate(
            records=Count("key", distinct=True),
            at=Max("accepted_at"),
            flow_name=Max("flow__name"),
        )
        .order_by("-at", name)[:limit]
    )
    keys = [group[name] for group in groups]
    what = "record" if name == "key" else "transaction"
    cases = _cases(person, "message__key" if what == "record" else "message__business_key", keys)
    return [
        Found(one[name], what, one["records"], one["flow_name"], one["at"], cases.get(one[name], 0))
        for one in groups
    ]


def _cases(person: User, name: str, keys: list[str]) -> dict[str, int]:
    """Open cases by the key of their record, and by the key that they tell themselves."""
    rows = live(scopes.cases(person)).filter(Q(**{f"{name}__in": keys}) | Q(business_key__in=keys))
    found: dict[str, int] = {}
    counted = rows.order_by().values(name, "business_key").annotate(n=Count("pk"))
    for row in counted:
        for key in {row[name], row["business_key"]}:
            found[key] = found.get(key, 0) + row["n"]
    return found


def messages_of(person: User, key: str, *, most: int) -> list[InboxMessage]:
    """The versions that belong to a key, newest `most` of them, oldest first."""
    effects = scopes.operations(person).filter(Q(business_key=key) | Q(target_id=key))
    told = scopes.cases(person).filter(business_key=key, message__isnull=False)
    ids = set(effects.order_by("-pk").values_list("message", flat=True)[:most])
    ids |= set(told.order_by("-pk").values_list("message", flat=True)[:most])
    rows = scopes.messages(person).select_related("flow")
    found = rows.filter(Q(business_key=key) | Q(key=key) | Q(pk__in=ids)).order_by("-pk")
    return sorted(found[:most], key=lambda one: one.pk)
