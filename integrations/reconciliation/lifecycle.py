"""What two systems' records are to each other."""

from enum import StrEnum


class Side(StrEnum):
    """The flow that compares reads the left, the one that it names the right."""

    LEFT = "left"
    RIGHT = "right"


class Outcome(StrEnum):
    """Each record is in exactly one; all but the first two are breaks."""

    MATCHED = "matched"
    ALONE = "alone"
    """Without a counterpart, where none is asked for."""
    MISSING_RIGHT = "missing_right"
    MISSING_LEFT = "missing_left"
    CURRENCY = "currency"
    AMOUNT = "amount"
    STATE = "state"
    """A text or a day differs: a status, a version, a due date."""


SOUND = (Outcome.MATCHED, Outcome.ALONE)


class BreakState(StrEnum):
    """A break counts from when both systems were read since it arose."""

    UNDER_WAY = "under_way"
    OPEN = "open"
    HEALED = "healed"


class SignState(StrEnum):
    """Where breaks remain, a second person looks."""

    WAITING = "waiting"
    SIGNED = "signed"
    REFUSED = "refused"
