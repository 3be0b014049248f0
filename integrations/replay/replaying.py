"""Recent real messages under what runs now and under what a revision would activate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from time import thread_time
from typing import Any

from governance.approvals.gates import Candidate
from integrations.replay.reading import recent
from integrations.replay.shadow import Answer, compare
from integrations.replay.tally import Tally
from integrations.sync.compiled import compile_agreement, compiled

CHUNK = 20
"""Messages between two looks at the clock."""


@dataclass(slots=True)
class Patience:
    """Seconds of computing, so that a busy machine does not decide; asked between chunks."""

    seconds: float
    began: float

    @classmethod
    def of(cls, seconds: float) -> Patience:
        return cls(seconds, thread_time())

    def over(self) -> bool:
        """Whether the time is up."""
        return thread_time() - self.began > self.seconds


def replay(
    found: Sequence[Candidate],
    *,
    now: datetime,
    seconds: float,
    told: Callable[[int], None] = lambda done: None,
) -> list[dict[str, Any]]:
    """One entry per flow. `told` hears how many messages are done, chunk by chunk.

    Every flow has its share of the time; what is not reached is left out, and `of` tells how many
    there were.
    """
    until, done, entries = thread_time() + seconds, 0, []
    for number_left, one in zip(range(len(found), 0, -1), found, strict=True):
        patience = Patience.of((until - thread_time()) / number_left)
        tally = Tally(one.after[1])
        waiting = recent(one.flow, now=now) if one.before else []
        for number in _compared(one, waiting, tally, patience):
            done += number
            told(done)
        entries.append({**_named(one), "of": len(waiting), **tally.plain()})
    return entries


def _named(one: Candidate) -> dict[str, Any]:
    return {
        "flow": one.slug,
        "name": one.name,
        "domain": one.domain,
        "from": pair(one)[0],
        "to": pair(one)[1],
    }


def pair(one: Candidate) -> tuple[str, str]:
    """Digests before and after."""
    return (one.before[0] if one.before else "", one.after[0])


def _compared(
    one: Candidate, waiting: Sequence[Any], tally: Tally, patience: Patience
) -> Iterator[int]:
    if not waiting or one.before is None:
        return
    running, candidate = compiled(*one.before), compile_agreement(*one.after)
    rest = iter(waiting)
    while not patience.over() and (chunk := list(islice(rest, CHUNK))):
        for message, corrections in chunk:
            tally.add(compare(message, corrections, running=running, candidate=candidate))
        yield len(chunk)


def total(entries: Sequence[dict[str, Any]], name: str) -> int:
    """Sum of one count over all flows."""
    return sum(int(one[name]) for one in entries)


def in_words(entries: Sequence[dict[str, Any]]) -> str:
    """`389 messages: 386 same, 2 different, 1 fails`; what was left out is said."""
    looked, of = total(entries, "looked"), total(entries, "of")
    parts = [f"{total(entries, str(one))} {one}" for one in Answer if total(entries, str(one))]
    rest = "" if looked == of else f"; {of - looked} more were not reached in time"
    counted = f"{looked} message{'' if looked == 1 else 's'}"
    return f"{counted}{': ' if parts else ''}{', '.join(parts)}{rest}"
