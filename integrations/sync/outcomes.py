"""What an answer or a failure means for one operation and for its connection. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from integrations.backoff import limit, patience, retry_at
from integrations.cases.lifecycle import CaseClass
from integrations.connectors.port import Answer, EffectClass
from integrations.crossrefs.queries import Name
from integrations.errors import NeedsAPerson, TryLater
from integrations.messages.claiming import Claimed
from integrations.messages.lifecycle import OperationState, Outcome
from integrations.messages.services import Result

SHORTEST_WAIT, LONGEST_WAIT = 1.0, 300.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`case`: class of the case to open. `down`: the system, not the record, is the trouble;
    `pause`: nothing more is sent to it for so many seconds."""

    result: Result
    case: str = ""
    down: str = ""
    pause: float = 0.0
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """One claimed operation about to be judged. `spread` in [0, 1] is the jitter's draw."""

    claimed: Claimed
    effect: EffectClass
    retry: dict[str, Any]
    started_at: datetime
    spread: float
    probing: bool = False

    @property
    def last(self) -> bool:
        return self.claimed.tries >= limit(self.retry)

    def again_at(self, now: datetime, after: float | None = None) -> datetime:
        return retry_at(
            self.retry,
            tries=self.claimed.tries,
            after_seconds=after,
            spread=self.spread,
            now=now,
        )


def answered(one: Try, answer: Answer) -> Verdict:
    """An effect found before we ever sent it was there already: an equal no-op."""
    untouched = answer.existed and one.claimed.tries == 1 and one.claimed.state == "planned"
    state = OperationState.UNCHANGED if untouched else OperationState.APPLIED
    result = Result(
        one.claimed,
        Outcome.OK,
        state,
        one.started_at,
        target_id=answer.id,
        status=answer.status,
        response=answer.body,
    )
    return Verdict(result, answer=answer)


def failed(one: Try, error: Exception, now: datetime, *, looking: bool = False) -> Verdict:
    """`looking`: it failed while looking up, so nothing was sent."""
    if isinstance(error, TryLater):
        return _later(one, error, now)
    if isinstance(error, NeedsAPerson):
        return _person(one, error)
    if looking:
        return _again(one, error, now, Outcome.REFUSED)
    return _unknown(one, error, now)


def _later(one: Try, error: TryLater, now: datetime) -> Verdict:
    """Throttling and a system that is down cost no try; a record that alone fails does."""
    free = error.throttled or error.status is None or one.probing
    if error.throttled:
        due = one.again_at(now, error.after_seconds)
        pause = error.after_seconds or 1.0
        result = _result(one, Outcome.REFUSED, error, "rate", due=due, refund=True)
        return Verdict(result, pause=pause)
    if free:
        due = one.again_at(now, error.after_seconds)
        result = _result(one, Outcome.REFUSED, error, "transient", due=due, refund=True)
        return Verdict(result, down=str(error))
    return _again(one, error, now, Outcome.REFUSED, down=str(error))


def _again(
    one: Try, error: Exception, now: datetime, outcome: Outcome, *, down: str = ""
) -> Verdict:
    if one.last:
        result = _result(one, outcome, error, CaseClass.EXHAUSTED, state=OperationState.FAILED)
        return Verdict(result, case=CaseClass.EXHAUSTED, down=down)
    after = error.after_seconds if isinstance(error, TryLater) else None
    due = one.again_at(now, after)
    return Verdict(_result(one, outcome, error, "transient", due=due), down=down)


def _person(one: Try, error: NeedsAPerson) -> Verdict:
    if error.klass == CaseClass.AUTH:
        result = _result(one, Outcome.REFUSED, error, CaseClass.AUTH, refund=True)
        return Verdict(result, case=CaseClass.AUTH, down=str(error))
    klass = error.klass if error.klass in set(CaseClass) else CaseClass.DATA
    result = _result(one, Outcome.REFUSED, error, klass, state=OperationState.FAILED)
    return Verdict(result, case=klass)


def _unknown(one: Try, error: Exception, now: datetime) -> Verdict:
    """It may have had its effect. The next claim looks before it does anything else."""
    if one.last:
        result = _result(
            one, Outcome.UNKNOWN, error, CaseClass.UNKNOWN, state=OperationState.FAILED
        )
        return Verdict(result, case=CaseClass.UNKNOWN)
    due = one.again_at(now)
    state = OperationState.UNKNOWN
    return Verdict(_result(one, Outcome.UNKNOWN, error, "unknown", state=state, due=due))


def absent(one: Try) -> Verdict:
    """Looked for, not found, and the target cannot tell a repeat: a person decides."""
    error = NeedsAPerson(
        "it may have been sent, it was not found, and the system takes repeats for new ones"
    )
    result = _result(one, Outcome.UNKNOWN, error, CaseClass.UNKNOWN, state=OperationState.FAILED)
    return Verdict(result, case=CaseClass.UNKNOWN)


def poisonous(one: Try) -> Verdict:
    """Each worker that tried it vanished."""
    error = NeedsAPerson(f"{one.claimed.tries - 1} workers vanished while they tried this")
    result = _result(one, "", error, CaseClass.POISON, state=OperationState.FAILED)
    return Verdict(result, case=CaseClass.POISON)


def unsent(one: Try, *, due_at: datetime | None = None) -> Verdict:
    """Taken, and given back without a byte sent."""
    kept = one.claimed
    result = Result(
        kept,
        "",
        kept.state,
        one.started_at,
        due_at=due_at,
        refund=True,
        klass=kept.last_class,
    )
    return Verdict(result)


def waits(one: Try, missing: list[Name], now: datetime) -> Verdict:
    """A record that it refers to is not known there yet; the longer it waits, the rarer it asks."""
    waited = now - one.claimed.planned_at
    told = [f"{entity} {key} in {system}" for entity, key, system in dict.fromkeys(missing)]
    error = NeedsAPerson(f"waits for {', '.join(told)}")
    if waited > patience(one.retry):
        result = _result(one, "", error, CaseClass.REFERENCE, state=OperationState.FAILED)
        return Verdict(result, case=CaseClass.REFERENCE)
    pause = min(max(waited.total_seconds() / 4, SHORTEST_WAIT), LONGEST_WAIT)
    due = now + timedelta(seconds=pause * (0.5 + one.spread / 2))
    return Verdict(_result(one, "", error, "prerequisite", due=due, refund=True))


def _result(
    one: Try,
    outcome: str,
    error: Exception,
    klass: str,
    *,
    state: str = "",
    due: datetime | None = None,
    refund: bool = False,
) -> Result:
    return Result(
        one.claimed,
        outcome,
        state or one.claimed.state,
        one.started_at,
        due_at=due,
        refund=refund,
        status=getattr(error, "status", None),
        klass=klass,
        message=str(error) or type(error).__name__,
    )
