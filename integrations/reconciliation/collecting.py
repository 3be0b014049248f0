"""Taking up what was read since the last pass: the newest version of each record speaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q

from integrations.cases.models import Correction
from integrations.messages import bodies
from integrations.messages.models import InboxMessage
from integrations.messages.queries import packed
from integrations.reconciliation.entries import Entry
from integrations.reconciliation.lifecycle import Side
from integrations.reconciliation.models import ComparedRecord
from integrations.reconciliation.standing import Rule

BATCH = 2_000
LATE = timedelta(minutes=10)
BEHIND = 1_000
"""Ids are given before rows commit: so far behind the mark, young messages are looked at again."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Keys to match anew, how many records were taken up, and whether there may be more."""

    keys: set[str]
    looked: int
    more: bool


def collect(rule: Rule, side: Side) -> Collected:
    """Take up the next messages of one side. The caller holds the comparison's row."""
    messages = _waiting(rule, side)
    fresh = _unknown(rule, side, _newest(messages))
    entries = _entries(rule, side, fresh)
    keys = _replace(rule, side, fresh, entries)
    if messages:
        mark = f"{side}_mark"
        setattr(rule.row, mark, max(getattr(rule.row, mark), *(one.pk for one in messages)))
    return Collected(keys, len(fresh), more=len(messages) == BATCH)


def _waiting(rule: Rule, side: Side) -> list[InboxMessage]:
    mark: int = getattr(rule.row, f"{side}_mark")
    asked = Q(pk__gt=mark)
    if rule.row.compared_at:
        young = rule.row.compared_at - LATE
        asked |= Q(pk__gt=mark - BEHIND, accepted_at__gte=young)
        signed = Correction.objects.filter(signed_at__gte=young, message__flow=rule.flow(side))
        if corrected := list(signed.values_list("message_id", flat=True)):
            asked |= Q(pk__in=corrected)
    rows = InboxMessage.objects.filter(asked, flow=rule.flow(side))
    return list(rows.order_by("pk")[:BATCH])


def _newest(messages: Sequence[InboxMessage]) -> list[InboxMessage]:
    found: dict[str, InboxMessage] = {}
    for one in messages:
        if one.key not in found or one.sequence > found[one.key].sequence:
            found[one.key] = one
    return list(found.values())


def _unknown(rule: Rule, side: Side, messages: list[InboxMessage]) -> list[InboxMessage]:
    """Without those whose own or newer version is compared already, unless it was corrected."""
    held = ComparedRecord.objects.filter(
        reconciliation=rule.row, side=side, record__in=[one.key for one in messages]
    )
    seen = dict(held.values_list("record", "sequence"))
    signed = _corrections(messages)
    return [
        one
        for one in messages
        if one.sequence > seen.get(one.key, 0)
        or (one.sequence == seen.get(one.key) and one.pk in signed)
    ]


def _entries(rule: Rule, side: Side, messages: Sequence[InboxMessage]) -> dict[int, Entry]:
    """Message id → its entry; a deleted record, or one that cannot be read, has none."""
    held = packed((one.month, one.content_hash) for one in messages)
    signed, read = _corrections(messages), rule.reads[side]
    found: dict[int, Entry] = {}
    for one in messages:
        source = None if one.deleted else _body(held, one.content_hash)
        entry = None if source is None else read(one.key, source, signed.get(one.pk, {}))
        if entry is not None:
            found[one.pk] = entry
    return found


def _body(held: dict[str, bytes], digest: str) -> Any:
    try:
        return bodies.unpack(held[digest])
    except (KeyError, bodies.Unkept):
        return None


def _corrections(messages: Sequence[InboxMessage]) -> dict[int, dict[str, Any]]:
    """Signed overrides of top-level fields, by message."""
    content = {one.pk: one.content_hash for one in messages}
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for one in Correction.objects.filter(state=Correction.State.SIGNED, message__in=content):
        if one.content_hash == content[one.message_id] and one.field.count("/") == 1:
            found[one.message_id][one.field[1:]] = one.after
    return dict(found)


def _replace(
    rule: Rule, side: Side, messages: Sequence[InboxMessage], entries: dict[int, Entry]
) -> set[str]:
    """Write what is compared from now on; the keys that this touches, former ones too."""
    names = [one.key for one in messages]
    held = ComparedRecord.objects.filter(reconciliation=rule.row, side=side, record__in=names)
    keys = set(held.values_list("key", flat=True))
    held.delete()
    rows = [
        ComparedRecord(
            reconciliation=rule.row,
            side=side,
            record=entry.record,
            key=entry.key,
            sequence=one.sequence,
            message=one.pk,
            accepted_at=one.accepted_at,
            values=dict(entry.values),
            amount_minor=entry.amount_minor,
            currency=entry.currency,
        )
        for one in messages
        if (entry := entries.get(one.pk)) is not None
    ]
    ComparedRecord.objects.bulk_create(rows, batch_size=500)
    return keys | {row.key for row in rows}
