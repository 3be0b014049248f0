"""Saying which record of the other system a case refers to, so that what waits for it goes on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from integrations.cases import matching
from integrations.cases.asking import ask
from integrations.cases.entering import document_of, enter, move_to, own, tell
from integrations.cases.lifecycle import CaseState
from integrations.cases.models import Case, SignOff
from integrations.cases.requeueing import requeue
from integrations.cases.sensitivity import match_needs_two
from integrations.crossrefs import services as crossrefs
from integrations.crossrefs.models import CrossReference
from integrations.crossrefs.queries import Name
from integrations.errors import Refused
from integrations.nudges import nudge


@transaction.atomic
def pick(
    *, case: Case, by: Any, reason: str, source_id: str, name: Name | None = None, now: datetime
) -> Case:
    """Match the unknown record, `name` or the first unknown one, with `source_id` there.

    Where money hangs on it a second person signs first. On a resolved case another pick takes the
    place of the former one, for what is sent from then on.
    """
    fresh = enter("pick", case=case, by=by, reason=reason)
    own(fresh, by)
    chosen = name or matching.wanted(fresh)
    _refuse_unfit(fresh, chosen, source_id)
    entity, key, system = chosen
    facts = {"entity": entity, "key": key, "system": system, "source_id": source_id}
    if needs_two(fresh, entity):
        return ask(fresh, "pick", words="asked to match", by=by, reason=reason, now=now, **facts)
    return _matched(fresh, facts, back=fresh.state, by=by, reason=reason, now=now)


def needs_two(case: Case, entity: str) -> bool:
    """Whether a second person signs the match."""
    return match_needs_two(document_of(case), amount_minor=case.amount_minor, entity=entity)


def enact(case: Case, asked: SignOff, *, by: Any, reason: str, now: datetime) -> Case:
    """The second person signed it; the record may have been taken meanwhile."""
    held = {**asked.facts}
    back = held.pop("back", CaseState.OPEN)
    _refuse_unfit(case, _name(held), held["source_id"], back=back)
    first = asked.asked_by.label if asked.asked_by is not None else ""
    return _matched(case, held, back=back, by=by, reason=reason, now=now, asked_by=first)


def _name(facts: dict[str, Any]) -> Name:
    return facts["entity"], facts["key"], facts["system"]


def _refuse_unfit(case: Case, name: Name, source_id: str, *, back: str = "") -> None:
    entity, key, system = name
    if name not in matching.refers(case):
        raise Refused(f"this case does not refer to {entity} {key} of {system}")
    if not matching.seen(name, source_id):
        raise Refused(f"{system} has told of no {entity} {source_id!r}; pick one that was read")
    if (back or case.state) == CaseState.RESOLVED and not _picked_before(name):
        raise Refused("nobody picked a record here; correct it where the systems tell it")


def _picked_before(name: Name) -> bool:
    entity, key, system = name
    held = CrossReference.objects.filter(entity=entity, canonical_id=key, system=system)
    return held.filter(valid_to=None, origin="person").exists()


def _matched(
    case: Case,
    facts: dict[str, Any],
    *,
    back: str,
    by: Any,
    reason: str,
    now: datetime,
    asked_by: str = "",
) -> Case:
    crossrefs.match(
        name=_name(facts),
        source_id=facts["source_id"],
        by=by,
        reason=reason,
        now=now,
        asked_by=asked_by,
    )
    tell(case, "matched", by=by, text=reason, now=now, **facts)
    if back == CaseState.RESOLVED:
        move_to(case, CaseState.RESOLVED)
    else:
        requeue(case, now, replan=True)
    nudge("integrations.tick")
    return case
