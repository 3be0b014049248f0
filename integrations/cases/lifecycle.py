"""States and moves of a case: pure."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from integrations.errors import Refused


class CaseState(StrEnum):
    """Where an exception stands."""

    OPEN = "open"
    WAITING_SOURCE = "waiting_source"
    """To be corrected at its author system; closes when the record's next version settles."""
    WAITING_CHANGE = "waiting_change"
    """A change request was proposed; its activation plans the message anew."""
    WAITING_SIGNATURE = "waiting_signature"
    """A correction or dismissal in money, tax or party waits for a second person."""
    REPLAYING = "replaying"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class CaseClass(StrEnum):
    """What heals it."""

    DATA = "data"
    CONTRACT = "contract"
    MAPPING = "mapping"
    AUTHORITY = "authority"
    DUPLICATE = "duplicate"
    AUTH = "auth"
    UNKNOWN = "unknown"
    POISON = "poison"
    EXHAUSTED = "exhausted"
    """Retries ran out."""
    REFERENCE = "reference"
    """It refers to a record that is not known there."""
    CONTROL = "control"
    """A record that breaks a control of its flow."""
    BREAK = "break"
    """Two systems do not agree."""


class Urgency(IntEnum):
    """The first key of the queue's order."""

    BREACHED = 0
    IN_TIME = 1


STANDING = (CaseClass.CONTROL, CaseClass.BREAK)
"""Classes that say nothing against a record's delivery, so that its settling does not end them."""
CLOSED = (CaseState.RESOLVED, CaseState.DISMISSED)


@dataclass(frozen=True, slots=True)
class Move:
    """A person's act on a case."""

    sources: tuple[CaseState, ...]
    permission: str
    label: str
    key: str
    classes: tuple[CaseClass, ...] = ()
    """Only for these; empty for any."""

    def fits(self, *, state: str, klass: str) -> bool:
        """Whether a case of this state and class can make it."""
        return state in self.sources and (not self.classes or klass in self.classes)


_LIVE = tuple(state for state in CaseState if state not in CLOSED)
_UNSURE = (CaseState.OPEN, CaseState.WAITING_SOURCE, CaseState.WAITING_CHANGE)
WORK = "integrations.work_case"

MOVES: dict[str, Move] = {
    "claim": Move(_LIVE, WORK, "Claim", "c"),
    "release": Move(_LIVE, WORK, "Release", "u"),
    "assign": Move(_LIVE, WORK, "Assign", "t"),
    "snooze": Move(_LIVE, WORK, "Snooze", "s"),
    "unsnooze": Move(_LIVE, WORK, "Wake", "s"),
    "correct": Move((CaseState.OPEN, CaseState.WAITING_SOURCE), WORK, "Correct here", "e"),
    "send_to_author": Move((CaseState.OPEN,), WORK, "Correct at the author", "w"),
    "wait_for_change": Move(
        (CaseState.OPEN, CaseState.WAITING_SOURCE), WORK, "Fix by a change request", "v"
    ),
    "pick": Move(
        (CaseState.OPEN, CaseState.WAITING_SOURCE, CaseState.RESOLVED),
        WORK,
        "Pick the record",
        "m",
        (CaseClass.REFERENCE,),
    ),
    "found": Move(_UNSURE, WORK, "It is there", "f", (CaseClass.UNKNOWN,)),
    "resend": Move(_UNSURE, WORK, "It is not there", "b", (CaseClass.UNKNOWN,)),
    "sign": Move((CaseState.WAITING_SIGNATURE,), WORK, "Sign", "a"),
    "refuse": Move((CaseState.WAITING_SIGNATURE,), WORK, "Refuse", "n"),
    "replay": Move(
        (CaseState.OPEN, CaseState.WAITING_SOURCE, CaseState.WAITING_CHANGE), WORK, "Replay", "r"
    ),
    "dismiss": Move((CaseState.OPEN, CaseState.WAITING_SOURCE), WORK, "Dismiss", "d"),
}


def possible(*, state: str, klass: str) -> list[str]:
    """Names of the moves that a case of this state and class can make."""
    return sorted(name for name, move in MOVES.items() if move.fits(state=state, klass=klass))


def refuse_unless_legal(name: str, *, state: str, klass: str) -> Move:
    """The move, if the case's state and class allow it."""
    move = MOVES[name]
    if not move.fits(state=state, klass=klass):
        allowed = ", ".join(possible(state=state, klass=klass)) or "nothing"
        raise Refused(f"a {klass} case that is {state} cannot {name}; possible now: {allowed}")
    return move
