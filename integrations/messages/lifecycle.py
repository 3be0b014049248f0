"""States of the ledger's rows. Every move is a compare-and-swap on (state, fence)."""

from enum import StrEnum


class MessageState(StrEnum):
    """An accepted source record version."""

    ACCEPTED = "accepted"
    """Waits for planning."""
    PLANNED = "planned"
    """Its operations exist."""
    REJECTED = "rejected"
    """A case holds it: it broke the data contract, the authority table or the mapping."""
    SUPERSEDED = "superseded"
    """A newer version arrived before this one was planned."""
    DISMISSED = "dismissed"
    """A person closed its case without a fix."""


class OperationState(StrEnum):
    """One intended effect."""

    PLANNED = "planned"
    APPLIED = "applied"
    UNCHANGED = "unchanged"
    """The target already held it: an equal no-op."""
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"
    """An attempt may have had its effect; looked up before anything else."""
    FAILED = "failed"
    """A case holds it."""
    DISMISSED = "dismissed"


OPEN_OPERATIONS = (OperationState.PLANNED, OperationState.UNKNOWN)
DONE_OPERATIONS = (
    OperationState.APPLIED,
    OperationState.UNCHANGED,
    OperationState.SUPERSEDED,
    OperationState.DISMISSED,
)


class Outcome(StrEnum):
    """How one try ended."""

    OK = "ok"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    DEAD = "dead"
    """Its worker vanished before telling; treated as unknown."""


class Ordering(StrEnum):
    """What one failed effect means for those behind it in its lane."""

    STRICT = "strict"
    """They wait, silently."""
    LATEST_WINS = "latest_wins"
    """A newer version takes its place."""
    INDEPENDENT = "independent"
    """They go on; only later effects of the same message wait."""


class Share(StrEnum):
    """Which traffic a lane belongs to; each has a weighted share of the rate."""

    LIVE = "live"
    REPLAY = "replay"
    BACKFILL = "backfill"
