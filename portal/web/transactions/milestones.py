"""How far all records of a transaction have come: arrived, planned, settled. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from integrations.cases.models import Case
from integrations.messages.lifecycle import MessageState
from integrations.messages.models import InboxMessage, Operation
from portal.web.transactions.hops import DONE


@dataclass(frozen=True, slots=True)
class Milestone:
    """One step of the line above the timeline."""

    name: str
    kind: str
    at: datetime | None
    words: str = ""


def milestones(
    latest: Sequence[InboxMessage], operations: Sequence[Operation], stops: Sequence[Case]
) -> list[Milestone]:
    """Arrived, agreed, sent, settled: how far all records of the transaction have come."""
    newest = {one.pk for one in latest}
    effects = [one for one in operations if one.message_id in newest]
    planned = [one for one in latest if one.state == MessageState.PLANNED]
    gone = [one for one in latest if one.state == MessageState.DISMISSED]
    settled = [one for one in effects if one.state in DONE]
    whole = len(planned) + len(gone)
    return [
        _milestone("Arrived", len(latest), len(latest), [m.accepted_at for m in latest], False),
        _milestone("Planned", whole, len(latest), [m.planned_at for m in planned], bool(stops)),
        _milestone(
            "Settled",
            len(settled) if whole == len(latest) else min(len(settled), len(effects)),
            len(effects) + (len(latest) - whole),
            [one.settled_at for one in settled],
            bool(stops) and whole == len(latest),
        ),
    ]


def _milestone(
    name: str, done: int, whole: int, times: Sequence[datetime | None], stopped: bool
) -> Milestone:
    known = [one for one in times if one is not None]
    at = max(known) if known else None
    if done >= whole:
        return Milestone(name, "done", at, f"all {whole}" if whole > 1 else "")
    if stopped:
        return Milestone(f"Not {name.lower()}", "stop", None, f"{done} of {whole}")
    return Milestone(name, "next", None, f"{done} of {whole}")
