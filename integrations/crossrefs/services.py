"""Writing down which record here is which record there."""

# ruff: noqa: S608 - names come from this package, values are parameters

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from governance.audit.services import record
from integrations.crossrefs.models import CrossReference
from integrations.crossrefs.queries import COLUMNS, Name, canonical_id, resolve
from integrations.errors import Refused
from integrations.messages import sql

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

TABLE = "integrations_crossreference"


def save(*, found: Mapping[Name, str], now: datetime, origin: str = "operation") -> int:
    """(entity, canonical id, system) → the id there. One that was known otherwise before ends now.

    Runs in the caller's transaction, with the completion that learnt the ids. Rows written.
    """
    held = resolve(found)
    fresh = {name: here for name, here in found.items() if held.get(name) != here}
    if not fresh:
        return 0
    _end([name for name in fresh if name in held], now)
    columns = {**COLUMNS, "source_id": "text", "valid_from": "timestamptz", "origin": "text"}
    moment = sql.stored(now)
    rows = [(*name, here, moment, origin) for name, here in sorted(fresh.items())]
    sql.insert(TABLE, columns, rows)
    return len(rows)


@transaction.atomic
def match(
    *, name: Name, source_id: str, by: Any, reason: str, now: datetime, asked_by: str = ""
) -> CrossReference:
    """A person says which record it is there. `asked_by` is who picked it, where another signs.

    A record there is one record here: what is another's already is refused, not merged.
    """
    entity, key, system = name
    holder = canonical_id(entity=entity, system=system, source_id=source_id)
    if holder not in (None, key):
        raise Refused(f"{source_id} of {system} is {entity} {holder} already; pick another")
    before = resolve([name]).get(name)
    save(found={name: source_id}, now=now, origin="person")
    row = CrossReference.objects.get(entity=entity, canonical_id=key, system=system, valid_to=None)
    facts = {"source_id": source_id, **({"asked_by": asked_by} if asked_by else {})}
    record(
        "crossref.matched",
        subject=row,
        by=by,
        reason=reason,
        before={"source_id": before} if before else None,
        after=facts,
        at=now,
    )
    return row


def _end(names: list[Name], now: datetime) -> None:
    moment = "%s" if sql.on_sqlite() else "%s::timestamptz"
    if not names:
        return
    values, params = sql.source(COLUMNS, names)
    sql.run(
        f"UPDATE {TABLE} SET valid_to = {moment} FROM {values} WHERE {TABLE}.entity = v.entity "
        f"AND {TABLE}.canonical_id = v.canonical_id AND {TABLE}.system = v.system "
        f"AND {TABLE}.valid_to IS NULL",
        [sql.stored(now), *params],
    )
