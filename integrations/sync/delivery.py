"""Delivering what is due for one connection: claim, begin, send, complete; until nothing is due."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from governance import crash
from integrations.messages import services as ledger
from integrations.sync.completing import Tally, complete, outdated, stop_using
from integrations.sync.heartbeat import Heartbeat
from integrations.sync.jobs import Job, chunks, prepare
from integrations.sync.outcomes import Verdict, unsent
from integrations.sync.sending import refused_before, send

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.messages.services import Claim

FIRST, MOST = 64, 500
"""Lanes of the first claim and of any."""
PACE_SECONDS = 4.0
"""What one claim should take: claims grow and shrink towards it."""
STREAK = 3
"""Failures of the system in a row until nothing more is sent to it."""


@dataclass(slots=True)
class Drained:
    """What one call did."""

    applied: int = 0
    failed: int = 0
    waiting: int = 0

    def add(self, tally: Tally) -> None:
        self.applied += tally.applied
        self.failed += tally.failed
        self.waiting += tally.waiting


@dataclass(slots=True)
class _Drain:
    """One worker at one connection. The clock is the one passed in, moved on by time spent."""

    connection: str
    began_at: datetime
    seconds: float
    pulse: Heartbeat
    began: float = field(default_factory=time.monotonic)
    streak: int = 0
    pause: float = 0.0
    over: bool = False
    done: Drained = field(default_factory=Drained)

    def now(self) -> datetime:
        return self.began_at + timedelta(seconds=time.monotonic() - self.began)

    def in_time(self) -> bool:
        return time.monotonic() - self.began < self.seconds


def drain(*, connection: str, now: datetime, seconds: float = 20.0) -> Drained:
    """Deliver until nothing is due, the connection rests, or the seconds are over."""
    ledger.expire_leases(now=now, connection=connection)
    limit = FIRST
    with Heartbeat() as pulse:
        work = _Drain(connection, now, seconds, pulse)
        while work.in_time() and not work.over:
            started = time.monotonic()
            claim = ledger.claim(connection=connection, limit=limit, now=work.now())
            outdated(claim.superseded, now=work.now())
            if not claim.operations and not claim.superseded:
                break
            _deliver(work, claim)
            spent = time.monotonic() - started
            limit = int(min(MOST, max(FIRST / 4, limit * min(PACE_SECONDS / spent, 4))))
    return work.done


def _deliver(work: _Drain, claim: Claim) -> None:
    work.pulse.hold({one.lane: one.fence for one in claim.operations})
    jobs = prepare(claim.operations, probing=claim.probing, now=work.now())
    ready = []
    settled: list[tuple[Job, Verdict]] = []
    for job in jobs:
        verdict = refused_before(job, work.now())
        if verdict is None:
            ready.append(job)
        else:
            _learn(work, verdict)
            settled.append((job, verdict))
    _complete(work, settled)
    for chunk in chunks(ready):
        _chunk(work, chunk)


def _chunk(work: _Drain, chunk: Sequence[Job]) -> None:
    """Begin together, send one by one, complete together."""
    if work.over or not work.in_time():
        _give_back(work, chunk)
        return
    opened = ledger.open_attempts(claimed=[job.claimed for job in chunk], now=work.now())
    verdicts: list[tuple[Job, Verdict]] = []
    for job in chunk:
        going = job.claimed.id in opened and not work.over and work.pulse.mine(job.claimed.lane)
        if going:
            verdict = send(job, work.now())
            _learn(work, verdict)
        else:
            verdict = _unsent(work, job)
        verdicts.append((job, verdict))
    crash.point("before_commit")
    _complete(work, verdicts)
    crash.point("after_commit")


def _give_back(work: _Drain, chunk: Sequence[Job]) -> None:
    _complete(work, [(job, _unsent(work, job)) for job in chunk])


def _unsent(work: _Drain, job: Job) -> Verdict:
    due = work.now() + timedelta(seconds=work.pause) if work.pause else None
    return unsent(job.attempt, due_at=due)


def _learn(work: _Drain, verdict: Verdict) -> None:
    """Stop when the system, not the record, is what fails."""
    if verdict.pause:
        work.pause, work.over = verdict.pause, True
    if not verdict.down:
        work.streak = 0
        return
    work.streak += 1
    unreachable = verdict.result.refund
    if unreachable or work.streak >= STREAK:
        work.over = True


def _complete(work: _Drain, verdicts: Sequence[tuple[Job, Verdict]]) -> None:
    if not verdicts:
        return
    now = work.now()
    work.done.add(complete(verdicts, now=now))
    work.pulse.drop({job.claimed.lane for job, _ in verdicts})
    stop_using(work.connection, verdicts, streak=work.streak >= STREAK, now=now)
