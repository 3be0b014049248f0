"""Sending one operation by its target's effect class: never twice, never blindly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.backoff import limit
from integrations.connectors.port import EffectClass
from integrations.errors import NeedsAPerson
from integrations.messages.bodies import Unkept
from integrations.sync.outcomes import Verdict, absent, answered, failed, poisonous, waits

if TYPE_CHECKING:
    from datetime import datetime

    from integrations.sync.jobs import Job

LOOKED_UP = (EffectClass.LOOKUP, EffectClass.NONE)
"""Classes whose target cannot tell a repeat from a new effect."""


def refused_before(job: Job, now: datetime) -> Verdict | None:
    """What is settled without sending: it cannot be prepared, waits, or kills its workers."""
    if job.claimed.state == "unknown" and job.claimed.tries > limit(job.rules.retry) + 1:
        return poisonous(job.attempt)
    if isinstance(job.error, Unkept):
        return failed(job.attempt, NeedsAPerson(str(job.error), klass="poison"), now)
    if job.error is not None:
        return failed(job.attempt, job.error, now, looking=True)
    if job.missing:
        return waits(job.attempt, job.missing, now)
    return None


def send(job: Job, now: datetime) -> Verdict:
    """One try. The attempt is committed already."""
    if _must_look(job):
        found = _look(job, now)
        if found is not None:
            return found
    assert job.connector is not None
    try:
        return answered(job.attempt, job.connector.write(job.write))
    except Exception as error:  # whatever it is, bytes may have been sent
        return failed(job.attempt, error, now)


def _must_look(job: Job) -> bool:
    """With keys or upserts the target itself tells a repeat. `none` once refused may be sent."""
    if job.attempt.effect not in LOOKED_UP:
        return False
    if job.claimed.state == "unknown":
        return True
    before = job.claimed.tries > 1 or job.claimed.last_class != ""
    return job.attempt.effect is EffectClass.LOOKUP and before


def _look(job: Job, now: datetime) -> Verdict | None:
    """None: surely not there, and may be sent."""
    assert job.connector is not None
    try:
        answer = job.connector.find(job.write)
    except Exception as error:  # nothing was sent by looking
        return failed(job.attempt, error, now, looking=True)
    if answer is not None:
        return answered(job.attempt, answer)
    return absent(job.attempt) if job.attempt.effect is EffectClass.NONE else None
