"""The state machine of a change request: a table of moves and pure guards."""

from dataclasses import dataclass
from datetime import timedelta
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


WEIGHT = (RiskClass.R0, RiskClass.RV, RiskClass.R1, RiskClass.R2, RiskClass.R3, RiskClass.RE)
"""From the lightest to the heaviest."""

FRESH_SIGN_IN = timedelta(minutes=10)
"""How long after a sign-in a person may approve class R3."""

BLOCKING = (GateVerdict.RED, GateVerdict.NOT_RUN)

OPEN = (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED, State.SCHEDULED)
HOLDING = (State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED, State.SCHEDULED)
"""While a request is here, no other may be submitted for the same thing."""

FINAL = (State.WITHDRAWN, State.REJECTED, State.EXPIRED, State.SUPERSEDED)


class Who(StrEnum):
    """Whose move it is."""

    EDITOR = "editor"
    """Holds the move's permission in every domain that the request touches."""
    AUTHOR = "author"
    SEATED = "seated"
    """May take a seat that the rules ask for and wrote no revision."""
    OWNER = "owner"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table; the clock's moves ask for no permission."""

    sources: tuple[State, ...]
    target: State
    permission: str
    label: str
    who: Who


PROPOSE = "governance.propose_change"
REVIEW = "governance.review_change"
COMMENT = "governance.comment_change"

MOVES: dict[str, Move] = {
    "submit": Move(
        (State.DRAFT, State.CHANGES_REQUESTED), State.IN_REVIEW, PROPOSE, "Submit", Who.EDITOR
    ),
    "edit": Move(
        (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED),
        State.IN_REVIEW,
        PROPOSE,
        "Edit",
        Who.EDITOR,
    ),
    "approve": Move((State.IN_REVIEW,), State.APPROVED, REVIEW, "Approve", Who.SEATED),
    "request_changes": Move(
        (State.IN_REVIEW,), State.CHANGES_REQUESTED, REVIEW, "Request changes", Who.SEATED
    ),
    "withdraw": Move(OPEN, State.WITHDRAWN, PROPOSE, "Withdraw", Who.AUTHOR),
    "reject": Move(
        (State.IN_REVIEW, State.CHANGES_REQUESTED), State.REJECTED, REVIEW, "Reject", Who.OWNER
    ),
    "expire": Move(
        (State.IN_REVIEW, State.CHANGES_REQUESTED), State.EXPIRED, "", "Expire", Who.CLOCK
    ),
    "schedule": Move(
        (State.APPROVED, State.SCHEDULED), State.SCHEDULED, PROPOSE, "Schedule", Who.EDITOR
    ),
    "invalidate": Move(
        (State.APPROVED, State.SCHEDULED), State.IN_REVIEW, "", "Invalidate", Who.CLOCK
    ),
    "activate": Move((State.SCHEDULED,), State.ACTIVE, "", "Activate", Who.CLOCK),
    "supersede": Move((State.ACTIVE,), State.SUPERSEDED, "", "Supersede", Who.CLOCK),
    "rollback": Move((State.ACTIVE,), State.ACTIVE, PROPOSE, "Roll back", Who.EDITOR),
}
"""An edit leaves a draft a draft; a roll-back opens a new request and leaves this one as it is."""


def after_edit(state: str) -> State:
    """Where an edit leads: a draft is nobody's to review yet."""
    return State.DRAFT if state == State.DRAFT else State.IN_REVIEW


def refuse_unless_legal(name: str, *, state: str) -> Move:
    """The move, if the request's state allows it."""
    move = MOVES[name]
    if state not in move.sources:
        allowed = ", ".join(sorted(possible(state))) or "nothing"
        raise TransitionRefused(
            f"a change request that is {state} cannot {name}; possible now: {allowed}"
        )
    return move


def possible(state: str) -> list[str]:
    """Names of the moves that lead out of a state, or stay in it."""
    return [name for name, move in MOVES.items() if state in move.sources]


def heavier(one: str, other: str) -> RiskClass:
    """The heavier class; an empty one weighs nothing."""
    return max((RiskClass(c) for c in (one, other) if c), key=WEIGHT.index)


def refuse_author(*, person: int, authors: frozenset[int]) -> None:
    """No author of any revision ever counts."""
    if person in authors:
        raise SeparationOfDuties(
            "you wrote a revision of this request; someone else has to approve it"
        )
