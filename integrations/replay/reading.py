"""Recent real messages of a flow, with their bodies and signed corrections."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from integrations.cases.models import Correction
from integrations.messages import bodies
from integrations.messages.lifecycle import MessageState
from integrations.messages.models import InboxMessage
from integrations.messages.queries import packed
from integrations.sync.plan import Arrived

PER_FLOW = 200
"""Newest messages that are replayed in the shadow; enough to see a pattern, and soon done."""

STRANGERS = PER_FLOW // 4
"""At most so many of them are records that the mapping says are not the flow's."""

REAL = (MessageState.PLANNED, MessageState.REJECTED, MessageState.ACCEPTED)

Waiting = list[tuple[Arrived, dict[str, Any]]]


def recent(flow: int, *, now: datetime, limit: int = PER_FLOW) -> Waiting:
    """Newest first, each with the corrections signed for exactly that content; those whose body
    retention removed are left out. Four queries."""
    rows = InboxMessage.objects.filter(flow=flow, state__in=REAL).order_by("-pk")
    strange = list(rows.filter(business_key="")[:STRANGERS])
    held = [*rows.exclude(business_key="")[: limit - len(strange)], *strange]
    kept = packed((one.month, one.content_hash) for one in held)
    signed = _corrections(held)
    return [
        (_arrived(one, kept[one.content_hash], now), signed.get(one.pk, {}))
        for one in held
        if one.content_hash in kept
    ]


def _arrived(message: InboxMessage, body: bytes, now: datetime) -> Arrived:
    return Arrived(
        message.pk,
        message.key,
        message.version,
        message.sequence,
        message.content_hash,
        message.deleted,
        _opened(body),
        now.date(),
    )


def _opened(body: bytes) -> Any:
    try:
        return bodies.unpack(body)
    except bodies.Unkept as error:
        return {bodies.UNREADABLE: str(error)}


def _corrections(held: list[InboxMessage]) -> dict[int, dict[str, Any]]:
    content = {one.pk: one.content_hash for one in held}
    found = Correction.objects.filter(state=Correction.State.SIGNED, message__in=content)
    signed: dict[int, dict[str, Any]] = defaultdict(dict)
    for one in found.order_by("pk"):
        if one.content_hash == content[one.message_id]:
            signed[one.message_id][one.field] = one.after
    return signed
