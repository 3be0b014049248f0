"""Controls of a flow: a sound record keeps them, and one that does not is told of in a case.

Nothing is held back: the record was planned like any other. The case ends when the record's next
version keeps the control.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.cases.lifecycle import CaseClass
from integrations.cases.services import Opening, open_cases
from integrations.cases.settling import close, live
from integrations.messages.models import InboxMessage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from governance.agreements.models import Agreement
    from integrations.messages.plans import MessagePlan

KEPT = "The record's next version keeps the control"


def judge(agreement: Agreement, plans: Sequence[MessagePlan], now: datetime) -> None:
    """Within the transaction that records the plans."""
    told = {one["slug"]: one for one in agreement.document.get("controls", ())}
    _end(agreement.flow_id, plans, now)
    broken = [plan for plan in plans if plan.broken]
    if not broken:
        return
    held = InboxMessage.objects.in_bulk([plan.message for plan in broken])
    openings = [
        Opening(
            klass=CaseClass.CONTROL,
            title=told[plan.broken]["name"],
            detail={"rule": plan.broken, "message": told[plan.broken]["say"]},
            agreement=agreement,
            message=held[plan.message],
        )
        for plan in broken
    ]
    open_cases(openings, now=now)


def _end(flow: int, plans: Sequence[MessagePlan], now: datetime) -> None:
    """What was open about a record is about its older version now, or no longer so."""
    held = live().filter(klass=CaseClass.CONTROL, flow=flow)
    rows = held.values_list("pk", "message_id", "message__key")
    newest = {plan.key: plan for plan in plans}
    over = [
        pk
        for pk, message, key in rows
        if key in newest and not (newest[key].broken and newest[key].message == message)
    ]
    close(live().filter(pk__in=over), now=now, resolution=KEPT)
