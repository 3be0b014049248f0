"""What a person saw at the target after an answer was lost: it is there, or it is not.

A target that cannot tell a repeat from a new effect is never sent to again on one person's word.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from integrations.cases.asking import ask
from integrations.cases.entering import document_of, enter, own, tell
from integrations.cases.lifecycle import CaseClass
from integrations.cases.models import Case, SignOff
from integrations.cases.requeueing import requeue
from integrations.cases.sensitivity import dismissal_needs_two
from integrations.cases.settling import settle
from integrations.connectors.port import EffectClass
from integrations.crossrefs import services as crossrefs
from integrations.errors import Refused
from integrations.messages import services as ledger
from integrations.messages.models import Operation
from integrations.messages.queries import body


def blind(case: Case) -> bool:
    """Whether sending again may do it twice, because the target takes repeats for new ones."""
    effect = case.detail.get("effect", EffectClass.NONE)
    return case.klass == CaseClass.UNKNOWN and effect == EffectClass.NONE


def refuse_blind(case: Case) -> None:
    if blind(case):
        raise Refused(
            f"it is unknown whether {case.system} did this, and it takes repeats for new ones; "
            "look there and say what you saw"
        )


@transaction.atomic
def found(*, case: Case, by: Any, reason: str, reference: str, now: datetime) -> Case:
    """It is there, with this id: the operation was applied. Money waits for a second person."""
    fresh = enter("found", case=case, by=by, reason=reason)
    own(fresh, by)
    if not reference.strip():
        raise Refused(f"say under which id {fresh.system} has it")
    facts = {"reference": reference.strip()[:200]}
    if found_needs_two(fresh):
        words = "asked to confirm"
        return ask(fresh, "found", words=words, by=by, reason=reason, now=now, **facts)
    return _confirmed(fresh, facts["reference"], by=by, reason=reason, now=now)


def found_needs_two(case: Case) -> bool:
    """Saying that money is there weighs as much as saying that it need not go there."""
    return dismissal_needs_two(document_of(case), amount_minor=case.amount_minor, pointer="")


@transaction.atomic
def resend(*, case: Case, by: Any, reason: str, now: datetime) -> Case:
    """It is not there: a second person has to say so too before anything is sent again."""
    fresh = enter("resend", case=case, by=by, reason=reason)
    own(fresh, by)
    return ask(fresh, "resend", words="asked to send again", by=by, reason=reason, now=now)


def enact_found(case: Case, asked: SignOff, *, by: Any, reason: str, now: datetime) -> Case:
    """The second person saw it there, too."""
    return _confirmed(case, asked.facts["reference"], by=by, reason=reason, now=now)


def enact_resend(case: Case, asked: SignOff, *, by: Any, reason: str, now: datetime) -> Case:
    """The second person did not see it there, either."""
    tell(case, "sent again", by=by, text=reason, now=now, operation=case.operation_id)
    requeue(case, now, resend=True)
    return case


def _confirmed(case: Case, reference: str, *, by: Any, reason: str, now: datetime) -> Case:
    operation = case.operation
    if operation is None or not ledger.confirm(
        operation=operation.pk, target_id=reference, now=now
    ):
        raise Refused("it is being tried again right now; wait for the outcome")
    _learn(operation, reference, now)
    tell(case, "found there", by=by, text=reason, now=now, reference=reference)
    text = f"Found at {case.system} as {reference}"
    settle(operations=[operation.pk], now=now, resolution=text)
    case.refresh_from_db()
    case.closed_by = by
    case.save(update_fields=["closed_by"])
    return case


def _learn(operation: Operation, reference: str, now: datetime) -> None:
    """What others refer to is known now, as after any answer."""
    write = body(operation.month, operation.body_digest) or {}
    if write.get("saves"):
        name = (write["saves"], write["saves_key"], operation.target_system)
        crossrefs.save(found={name: reference}, now=now, origin="person")
