"""Bound corrections: overrides of one message's fields, validated before they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from governance import canonical
from integrations.cases import candidate
from integrations.cases.entering import document_of, enter, message_of, move_to, own, tell
from integrations.cases.lifecycle import CaseState
from integrations.cases.models import Case, Correction
from integrations.cases.requeueing import may_have_sent, requeue
from integrations.cases.sensitivity import sensitive
from integrations.errors import Refused
from integrations.messages.models import InboxMessage
from integrations.messages.queries import body


@transaction.atomic
def correct(
    *, case: Case, by: Any, reason: str, changes: Mapping[str, Any], now: datetime
) -> list[Correction]:
    """Override canonical fields of this one message, bound to the content it arrived with.

    `changes` is JSON Pointer → value. What the data contract refuses is not stored; money, tax,
    party, date and rate wait for a second person.
    """
    fresh = enter("correct", case=case, by=by, reason=reason)
    own(fresh, by)
    message, document = message_of(fresh), document_of(fresh)
    if fresh.operation_id is not None and may_have_sent(fresh.operation_id):
        raise Refused("the target may hold what was sent; correct the record at its author")
    before = preview(fresh, {})
    _refuse_invalid(document, preview(fresh, changes))
    two = bool(sensitive(document, changes))
    _void_former(message, changes)
    made = [
        Correction(
            case=fresh,
            message=message,
            field=pointer,
            before=canonical.plain(candidate.value_at(before, pointer)),
            after=canonical.plain(value),
            content_hash=message.content_hash,
            reason=reason,
            state=Correction.State.PROPOSED if two else Correction.State.SIGNED,
            proposed_by=by,
            proposed_at=now,
            signed_by=None if two else by,
            signed_at=None if two else now,
        )
        for pointer, value in changes.items()
    ]
    Correction.objects.bulk_create(made)
    facts = {one.field: {"before": one.before, "after": one.after} for one in made}
    tell(fresh, "proposed correction" if two else "corrected", by=by, text=reason, now=now, **facts)
    if two:
        move_to(fresh, CaseState.WAITING_SIGNATURE)
    else:
        requeue(fresh, now, replan=True)
    return made


def preview(case: Case, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The canonical record with the signed corrections and these changes; nothing is stored."""
    message, document = message_of(case), document_of(case)
    source = body(message.month, message.content_hash)
    schema = document["contract"]["schema"]
    signed = message.corrections.filter(state=Correction.State.SIGNED)
    held = {one.field: one.after for one in signed.order_by("pk")}
    canonical_record = candidate.read(document, source)
    return candidate.corrected(canonical_record, {**held, **changes}, schema=schema)


def _refuse_invalid(document: Mapping[str, Any], record_: Mapping[str, Any]) -> None:
    found = candidate.violations(document, record_)
    if found:
        told = "; ".join(f"{one.pointer or '/'}: {one.message}" for one in found[:3])
        raise Refused(f"the data contract refuses the corrected record: {told}")


def _void_former(message: InboxMessage, changes: Mapping[str, Any]) -> None:
    newer = InboxMessage.objects.filter(flow=message.flow_id, key=message.key)
    if newer.filter(sequence__gt=message.sequence).exists():
        raise Refused("the source has sent a newer version of this record; correct that one")
    if not changes or "/id" in changes:
        raise Refused("name at least one field to correct; the id of a record is never corrected")
    former = message.corrections.filter(field__in=list(changes), state=Correction.State.SIGNED)
    former.update(state=Correction.State.VOID)
