"""Planning what was accepted: rows in, operations or cases out, in one transaction per batch."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from integrations.cases.models import Correction
from integrations.cases.services import Opening, open_cases, settle
from integrations.crossrefs import services as crossrefs
from integrations.messages import bodies, sql
from integrations.messages import services as ledger
from integrations.messages.models import InboxMessage
from integrations.messages.plans import MessagePlan, Recorded, Route
from integrations.messages.queries import packed
from integrations.nudges import nudge
from integrations.sync import controls
from integrations.sync.compiled import Compiled, compiled
from integrations.sync.plan import Arrived, Rejection, input_hash, plan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from governance.agreements.models import Agreement

BATCH = 1_000
WAITING = """
SELECT m.id, m.key, m.version, m.sequence, m.content_hash, m.month, m.deleted,
 EXISTS (SELECT 1 FROM integrations_inboxmessage n WHERE n.flow_id = m.flow_id AND n.key = m.key
  AND n.sequence > m.sequence AND n.state IN ({newer}))
FROM integrations_inboxmessage m
WHERE m.flow_id = %s AND m.state = 'accepted' ORDER BY m.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Planned:
    """Messages of one batch; `planned` counts those that a newer version made needless, too."""

    planned: int
    rejected: int


def plan_all(*, agreement: Agreement, now: datetime) -> Planned:
    """Everything that waits in the flow, then ring for delivery."""
    planned = rejected = 0
    while True:
        done = plan_waiting(flow_id=agreement.flow_id, agreement=agreement, limit=BATCH, now=now)
        planned, rejected = planned + done.planned, rejected + done.rejected
        if not (done.planned or done.rejected):
            break
    if planned:
        nudge("integrations.drain", connection=agreement.document["target"]["connection"])
    return Planned(planned, rejected)


def plan_waiting(*, flow_id: int, agreement: Agreement, limit: int, now: datetime) -> Planned:
    """The next batch of accepted messages, in the order of acceptance."""
    rules = compiled(agreement.digest, agreement.document)
    with transaction.atomic():
        ledger.lock_flow(flow_id, now)
        waiting, outdated = _waiting(flow_id, rules, limit, now)
        gone = ledger.supersede_messages(messages=outdated, now=now)
        plans, refused = _sort(waiting, rules)
        _reject(agreement, refused, now)
        done = ledger.record_plans(route=_route(agreement, rules), plans=plans, now=now)
        crossrefs.save(found=_learnt(plans, rules.source_system), now=now, origin="import")
        _close([gone, done], [one.message for one in plans if not one.effects], now)
        controls.judge(agreement, plans, now)
    return Planned(len(plans) + len(outdated), len(refused))


def _learnt(plans: Sequence[MessagePlan], system: str) -> dict[tuple[str, str, str], str]:
    """What the records just read are elsewhere; of two with one name the later is believed."""
    return {(*plan.known_as, system): plan.key for plan in plans if plan.known_as}


def _route(agreement: Agreement, rules: Compiled) -> Route:
    return Route(
        flow=agreement.flow_id,
        agreement=agreement.pk,
        connection=rules.target.connection,
        target_system=rules.target.system,
        ordering=rules.ordering,
    )


def _waiting(
    flow: int, rules: Compiled, limit: int, now: datetime
) -> tuple[list[Arrived], list[int]]:
    """Messages to plan, and those that are outdated: never an older version after a newer."""
    newer = "'planned', 'accepted'" if rules.ordering == "latest_wins" else "'planned'"
    rows = sql.fetch(WAITING.format(newer=newer), [flow, limit])
    current = [row for row in rows if not row[7]]
    held = packed((row[5], row[4]) for row in current)
    arrived = [
        Arrived(pk, key, version, sequence, digest, bool(deleted), _body(held, digest), now.date())
        for pk, key, version, sequence, digest, _, deleted, _ in current
    ]
    return arrived, [row[0] for row in rows if row[7]]


def _body(held: dict[str, bytes], digest: str) -> Any:
    try:
        return bodies.unpack(held[digest])
    except KeyError:
        return None
    except bodies.Unkept as error:
        return {bodies.UNREADABLE: str(error)}


def _sort(
    waiting: Sequence[Arrived], rules: Compiled
) -> tuple[list[MessagePlan], list[tuple[Arrived, str, Rejection]]]:
    plans, refused = [], []
    signed = _corrections(waiting)
    for message in waiting:
        corrections = signed.get(message.id, {})
        found = plan(message, corrections, rules)
        if isinstance(found, Rejection):
            refused.append((message, input_hash(message, corrections, rules), found))
        else:
            plans.append(found)
    return plans, refused


def _corrections(waiting: Sequence[Arrived]) -> dict[int, dict[str, Any]]:
    """Signed overrides that are bound to the very content that arrived."""
    content = {message.id: message.content_hash for message in waiting}
    found = Correction.objects.filter(state=Correction.State.SIGNED, message__in=content)
    signed: dict[int, dict[str, Any]] = defaultdict(dict)
    for one in found.order_by("pk"):
        if one.content_hash == content[one.message_id]:
            signed[one.message_id][one.field] = one.after
    return signed


def _reject(
    agreement: Agreement,
    refused: Sequence[tuple[Arrived, str, Rejection]],
    now: datetime,
) -> None:
    """The state and its case commit together: nothing refused is ever out of sight."""
    if not refused:
        return
    ledger.reject(
        rejections=[
            (message.id, made, why.business_key, why.amount_minor, why.currency)
            for message, made, why in refused
        ],
        agreement=agreement.pk,
        now=now,
    )
    held = InboxMessage.objects.in_bulk([message.id for message, _, _ in refused])
    open_cases(
        [
            Opening(
                klass=why.klass,
                title=why.title,
                detail=why.detail,
                agreement=agreement,
                message=held[message.id],
            )
            for message, _, why in refused
        ],
        now=now,
    )


def _close(outdated: Sequence[Recorded], silent: Sequence[int], now: datetime) -> None:
    """Close the cases of what needs nobody any more."""
    messages = [pk for one in outdated for pk in one.messages]
    operations = [pk for one in outdated for pk in one.operations]
    newer, not_ours = "The record's next version took its place", "The record has no effect here"
    if messages or operations:
        settle(messages=messages, operations=operations, now=now, resolution=newer)
    if silent:
        settle(messages=silent, now=now, resolution=not_ours)
