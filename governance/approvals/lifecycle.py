"""The state machine of a change request: a table of moves and pure guards."""

from dataclasses import dataclass
from enum import StrEnum

from governance.errors import SeparationOfDuties, TransitionRefused


class State(StrEnum):
    """Where a change request stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    EXPIRED = "expired"


class RiskClass(StrEnum):
    """Computed; an author may raise it, never lower it."""

    R0 = "R0"
    RV = "RV"
    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    RE = "RE"


class Verdict(StrEnum):
    """What a reviewer says."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"


class GateVerdict(StrEnum):
    """`not_run` blocks like red."""

    GREEN = "green"
    RED = "red"
    NOT_RUN = "not_run"
    NOT_APPLICABLE = "not_applicable"


OPEN = (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED, State.SCHEDULED)
FINAL = (State.WITHDRAWN, State.REJECTED, State.EXPIRED, State.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Move:
    """`permission` is asked of the acting person in the request's domain; '' is the clock's."""

    sources: tuple[State, ...]
    target: State
    permission: str
    label: str


PROPOSE = "governance.propose_change"
REVIEW = "governance.review_change"

MOVES: dict[str, Move] = {
    "submit": Move((State.DRAFT, State.CHANGES_REQUESTED), State.IN_REVIEW, PROPOSE, "Submit"),
    "edit": Move(
        (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED), State.IN_REVIEW, PROPOSE, "Edit"
    ),
    "approve": Move((State.IN_REVIEW,), State.APPROVED, REVIEW, "Approve"),
    "request_changes": Move((State.IN_REVIEW,), State.CHANGES_REQUESTED, REVIEW, "Request changes"),
    "withdraw": Move(OPEN, State.WITHDRAWN, PROPOSE, "Withdraw"),
    "reject": Move((State.IN_REVIEW, State.CHANGES_REQUESTED), State.REJECTED, REVIEW, "Reject"),
    "expire": Move((State.IN_REVIEW, State.CHANGES_REQUESTED), State.EXPIRED, "", "Expire"),
    "schedule": Move((State.APPROVED,), State.SCHEDULED, PROPOSE, "Schedule"),
    "invalidate": Move((State.APPROVED, State.SCHEDULED), State.IN_REVIEW, "", "Invalidate"),
    "activate": Move((State.SCHEDULED,), State.ACTIVE, "", "Activate"),
    "supersede": Move((State.ACTIVE,), State.SUPERSEDED, "", "Supersede"),
}


def refuse_unless_legal(name: str, *, state: str) -> Move:
    """The move, if the request's state allows it."""
    move = MOVES[name]
    if state not in move.sources:
        allowed = ", ".join(sorted(n for n, m in MOVES.items() if state in m.sources)) or "nothing"
        raise TransitionRefused(
            f"a change request that is {state} cannot {name}; possible now: {allowed}"
        )
    return move


def refuse_author(*, person: int, authors: frozenset[int]) -> None:
    """No author of any revision ever counts."""
    if person in authors:
        raise SeparationOfDuties(
            "you wrote a revision of this request; someone else has to approve it"
        )
