"""Folding what records say into facts: one batch, one short transaction, in any order.

What waits is a flag of the message that planning resets, so a late commit is never missed. Units
that the facts touch are written down as stale in the same transaction and computed afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from governance.agreements.models import Agreement
from integrations.cases.lifecycle import CaseClass
from integrations.cases.models import Case, Correction
from integrations.messages import bodies
from integrations.messages.lifecycle import MessageState
from integrations.messages.models import InboxMessage
from integrations.messages.queries import packed
from integrations.sla import facts
from integrations.sla.models import StaleUnit
from integrations.sla.reading import teller
from integrations.sla.turn import Turn

BATCH = 500
UNTRUSTED = (CaseClass.CONTRACT, CaseClass.DATA, CaseClass.POISON)
"""Records that broke what was promised say nothing until they are corrected."""


def fold(*, turn: Turn, limit: int = BATCH) -> int:
    """Fold the next messages, oldest first; how many there were."""
    with transaction.atomic():
        turn.guard()
        waiting = InboxMessage.objects.filter(
            told=False, state__in=[MessageState.PLANNED, MessageState.REJECTED]
        )
        messages = list(waiting.order_by("pk")[:limit])
        if messages:
            _fold(messages)
            turn.changed()
        return len(messages)


def _fold(messages: Sequence[InboxMessage]) -> None:
    agreements = Agreement.objects.in_bulk({one.agreement_id for one in messages})
    telling = [one for one in messages if teller(agreements[one.agreement_id]) is not None]
    wanted = _newest(telling)
    changed = facts.replace(wanted, _told(wanted, agreements))
    InboxMessage.objects.filter(pk__in=[one.pk for one in messages]).update(told=True)
    stale = [StaleUnit(unit=unit, key=key) for unit, key in sorted(changed)]
    StaleUnit.objects.bulk_create(stale, batch_size=1_000)


def _newest(messages: Iterable[InboxMessage]) -> list[InboxMessage]:
    """The newest version of each record, without those that nobody can trust."""
    rejected = [one.pk for one in messages if one.state == MessageState.REJECTED]
    broken = Case.objects.filter(message__in=rejected, operation=None, klass__in=UNTRUSTED)
    silent = set(broken.values_list("message_id", flat=True))
    found: dict[tuple[int, str], InboxMessage] = {}
    for one in sorted(messages, key=lambda one: one.sequence):
        if one.pk not in silent:
            found[one.flow_id, one.key] = one
    return list(found.values())


def _told(
    messages: Sequence[InboxMessage], agreements: dict[int, Agreement]
) -> dict[int, list[Any]]:
    """Message id → what it tells; a deleted record tells nothing any more."""
    held = packed((one.month, one.content_hash) for one in messages)
    signed = _corrections(messages)
    found: dict[int, list[Any]] = {}
    for one in messages:
        tell = teller(agreements[one.agreement_id])
        body = None if one.deleted else _body(held, one.content_hash)
        found[one.pk] = tell(body, signed[one.pk]) if tell and body is not None else []
    return found


def _body(held: dict[str, bytes], digest: str) -> Any:
    try:
        return bodies.unpack(held[digest])
    except (KeyError, bodies.Unkept):
        return None


def _corrections(messages: Iterable[InboxMessage]) -> dict[int, dict[str, Any]]:
    """Signed overrides of top-level fields, by message."""
    content = {one.pk: one.content_hash for one in messages}
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for one in Correction.objects.filter(state=Correction.State.SIGNED, message__in=content):
        if one.content_hash == content[one.message_id] and one.field.count("/") == 1:
            found[one.message_id][one.field[1:]] = one.after
    return found
