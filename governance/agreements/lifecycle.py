"""States of a flow agreement."""

from enum import StrEnum


class AgreementStatus(StrEnum):
    """A candidate may be replayed in the shadow; one per flow is active."""

    CANDIDATE = "candidate"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
