"""Replaying cases: first dry, so that a person sees what would be sent, and the money in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from governance.agreements.models import Agreement
from governance.agreements.queries import active
from integrations.cases import services as cases
from integrations.cases.models import Case, Correction
from integrations.cases.queries import Money
from integrations.messages import bodies
from integrations.messages.differing import Difference, differences
from integrations.messages.models import InboxMessage, Operation
from integrations.messages.queries import packed
from integrations.sync.compiled import compiled
from integrations.sync.plan import Arrived, Rejection, plan

SAMPLES = 20


@dataclass(frozen=True, slots=True)
class Effect:
    """One write that a replay would have, and how it differs from the last plan."""

    kind: str
    business_key: str
    write: dict[str, Any]
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What replaying one case would do; `refusal` says why it would fail again."""

    case: int
    effects: list[Effect] = field(default_factory=list)
    refusal: str = ""
    amount_minor: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class DryRun:
    """Nothing was done. `samples` are the first outlooks; money is what would be planned."""

    count: int
    effects: int
    refused: dict[int, str]
    money: list[Money]
    samples: list[Outlook]


def replay(
    *, case: Case, by: Any, reason: str = "", dry_run: bool = False, now: datetime
) -> DryRun | Case:
    """Show it, or do it. Doing asks for a reason."""
    if dry_run:
        return look_ahead([case], now=now)
    return cases.replay(case=case, by=by, reason=reason, now=now)


def look_ahead(
    chosen: Sequence[Case], *, changes: Mapping[str, Any] | None = None, now: datetime
) -> DryRun:
    """Plans under the flow's newest agreement, with signed corrections and these changes."""
    agreements: dict[int, Agreement | None] = {
        flow: active(flow) for flow in {case.flow_id for case in chosen if case.flow_id}
    }
    read = _Read.of(chosen)
    outlooks = [_outlook(case, agreements, read, changes or {}, now) for case in chosen]
    sums: dict[str, int] = {}
    for one in outlooks:
        if not one.refusal and one.amount_minor is not None:
            sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor
    return DryRun(
        count=len(outlooks),
        effects=sum(len(one.effects) for one in outlooks),
        refused={one.case: one.refusal for one in outlooks if one.refusal},
        money=[Money(currency, minor) for currency, minor in sorted(sums.items())],
        samples=outlooks[:SAMPLES],
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """Everything that the outlooks need, read in a fixed number of statements."""

    messages: dict[int, InboxMessage]
    operations: dict[tuple[int, str, str], Operation]
    corrections: dict[int, dict[str, Any]]
    bodies: dict[str, bytes]

    @classmethod
    def of(cls, chosen: Sequence[Case]) -> _Read:
        ids = {case.message_id for case in chosen if case.message_id}
        messages = InboxMessage.objects.in_bulk(ids)
        rows = list(Operation.objects.filter(message__in=ids).order_by("generation"))
        names = [(one.month, one.content_hash) for one in messages.values()]
        names += [(one.month, one.body_digest) for one in rows]
        signed: dict[int, dict[str, Any]] = {}
        held = Correction.objects.filter(message__in=ids, state=Correction.State.SIGNED)
        for one in held.order_by("pk"):
            signed.setdefault(one.message_id, {})[one.field] = one.after
        planned = {(one.message_id, one.kind, one.business_key): one for one in rows}
        return cls(messages, planned, signed, packed(names))

    def body(self, digest: str) -> Any:
        """None for what retention removed or nobody could keep."""
        try:
            return bodies.unpack(self.bodies[digest])
        except (KeyError, bodies.Unkept):
            return None


def _outlook(
    case: Case,
    agreements: Mapping[int, Agreement | None],
    read: _Read,
    changes: Mapping[str, Any],
    now: datetime,
) -> Outlook:
    message = read.messages.get(case.message_id or 0)
    agreement = agreements.get(case.flow_id or 0)
    if message is None or agreement is None:
        return Outlook(case.pk, refusal="" if message is None else "its flow is no longer active")
    arrived = Arrived(
        message.pk,
        message.key,
        message.version,
        message.sequence,
        message.content_hash,
        message.deleted,
        read.body(message.content_hash),
        now.date(),
    )
    corrections = {**read.corrections.get(message.pk, {}), **changes}
    found = plan(arrived, corrections, compiled(agreement.digest, agreement.document))
    if isinstance(found, Rejection):
        return Outlook(case.pk, refusal=found.title)
    effects = [
        _effect(message.pk, one.kind, one.business_key, one.raw, read) for one in found.effects
    ]
    return Outlook(case.pk, effects, "", found.amount_minor, found.currency)


def _effect(message: int, kind: str, key: str, raw: bytes, read: _Read) -> Effect:
    write = bodies.decode(raw)
    held = read.operations.get((message, kind, key))
    before = read.body(held.body_digest) if held is not None else None
    return Effect(kind, key, write, list(differences("", before, write)))
