"""One message under two flow agreements: same, different, or fails. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from integrations.cases.candidate import corrected
from integrations.messages import bodies
from integrations.messages.differing import Difference, differences
from integrations.messages.plans import MessagePlan
from integrations.sync.compiled import Compiled
from integrations.sync.plan import Arrived, Rejection, plan


class Answer(StrEnum):
    """What the candidate does to a message, seen from what runs now."""

    SAME = "same"
    """Refused by both counts as the same: nothing goes through either way."""
    DIFFERENT = "different"
    FAILS = "fails"
    """Goes through now and would be refused."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one flow agreement makes of one message; `refusal` says why nothing."""

    refusal: str
    business_key: str
    amount_minor: int | None
    currency: str
    made: dict[str, Any] = field(default_factory=dict)
    """The canonical record and every planned write; empty where the record is not the flow's."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The same message twice."""

    key: str
    answer: Answer
    before: Outcome
    after: Outcome
    differences: list[Difference]


def compare(
    message: Arrived, corrections: Mapping[str, Any], *, running: Compiled, candidate: Compiled
) -> Compared:
    """Under what runs now, and under what would."""
    before = outcome(message, corrections, running)
    after = outcome(message, corrections, candidate)
    differ = list(differences("", before.made, after.made))
    return Compared(message.key, _answer(before, after, differ), before, after, differ)


def _answer(before: Outcome, after: Outcome, differ: list[Difference]) -> Answer:
    if after.refusal:
        return Answer.SAME if before.refusal else Answer.FAILS
    priced = (before.amount_minor, before.currency) != (after.amount_minor, after.currency)
    return Answer.DIFFERENT if differ or priced or before.refusal else Answer.SAME


def outcome(message: Arrived, corrections: Mapping[str, Any], rules: Compiled) -> Outcome:
    """Planned as a run would plan it; nothing is written."""
    found = plan(message, corrections, rules)
    if isinstance(found, Rejection):
        return Outcome(found.title, found.business_key, found.amount_minor, found.currency)
    return Outcome(
        refusal="",
        business_key=found.business_key,
        amount_minor=found.amount_minor,
        currency=found.currency,
        made=_made(found, message, corrections, rules),
    )


def _made(
    found: MessagePlan, message: Arrived, corrections: Mapping[str, Any], rules: Compiled
) -> dict[str, Any]:
    if not found.lane:
        return {}
    writes = {f"{one.kind} {one.business_key}": bodies.decode(one.raw) for one in found.effects}
    record = rules.read.canonical(message.source)
    if corrections:
        record = corrected(record, corrections, schema=rules.schema)
    return {"record": record, "writes": writes}
