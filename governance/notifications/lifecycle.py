"""What may be told, by which way, and how far a copy of it got: pure."""

from enum import StrEnum


class Kind(StrEnum):
    """Why somebody is told: each can be turned off as e-mail by whoever gets it."""

    CASE_ESCALATED = "case.escalated"
    CASE_ASSIGNED = "case.assigned"
    VOTE_ASKED = "change.vote_asked"
    VOTE_WAITING = "change.vote_waiting"
    CHANGE_APPROVED = "change.approved"
    CHANGES_REQUESTED = "change.changes_requested"
    CHANGE_ENDED = "change.ended"
    CHANGE_ACTIVE = "change.active"
    UNDELIVERED = "notice.undelivered"


WORDS = {
    Kind.CASE_ESCALATED: "A step of its escalation path is due and a case is open",
    Kind.CASE_ASSIGNED: "Somebody hands you a case",
    Kind.VOTE_ASKED: "A change request asks for your vote",
    Kind.VOTE_WAITING: "Your vote is still missing on another business day",
    Kind.CHANGE_APPROVED: "Your change request is approved",
    Kind.CHANGES_REQUESTED: "Your change request comes back to you, or to its reviewers",
    Kind.CHANGE_ENDED: "Your change request is rejected or has expired",
    Kind.CHANGE_ACTIVE: "Your change request is active",
    Kind.UNDELIVERED: "A notice could not be delivered to somebody",
}


class Channel(StrEnum):
    """The ways."""

    INBOX = "inbox"
    EMAIL = "email"
    WEBHOOK = "webhook"


class DeliveryState(StrEnum):
    """A copy for the inbox is there as soon as it is told; the others are carried out."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    """It is tried again."""
    GIVEN_UP = "given_up"
    MOOT = "moot"
    """What it asked for was done before it left."""


UNDONE = (DeliveryState.PENDING, DeliveryState.FAILED)
