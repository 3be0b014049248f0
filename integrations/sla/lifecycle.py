"""What passes milestones, in which order, and how money at risk is told apart. Pure."""

from enum import StrEnum


class Kind(StrEnum):
    """What a unit is; a line is a time entry, an expense or an accepted milestone."""

    DEAL = "deal"
    CONTRACT = "contract"
    PROJECT = "project"
    LINE = "line"
    INVOICE = "invoice"
    CREDIT = "credit"
    PAYMENT = "payment"


ORDER = (
    "deal-won",
    "contract-signed",
    "project-activated",
    "time-submitted",
    "time-approved",
    "billable",
    "invoice-drafted",
    "invoice-issued",
    "invoice-posted",
    "invoice-sent",
    "payment-received",
    "payment-applied",
    "credited",
    "written-off",
)
"""Milestones of project to cash, as they are passed when all goes well; then those aside."""

PASSED = {
    "deal-won": "won_at",
    "contract-signed": "signed_at",
    "project-activated": "activated_at",
    "time-submitted": "submitted_at",
    "time-approved": "approved_at",
    "billable": "billable_at",
    "invoice-drafted": "drafted_at",
    "invoice-issued": "issued_at",
    "invoice-posted": "posted_at",
    "invoice-sent": "sent_at",
    "payment-received": "received_at",
    "payment-applied": "applied_at",
    "credited": "credited_at",
    "written-off": "written_off_at",
}
"""Milestone → column of a unit."""

WORTH = {
    Kind.LINE: ("time-approved", "billable", "time-submitted", "invoice-issued"),
    Kind.INVOICE: ("invoice-issued", "invoice-drafted", "invoice-posted"),
    Kind.CREDIT: ("credited",),
    Kind.PAYMENT: ("payment-received", "payment-applied"),
    Kind.PROJECT: ("project-activated",),
    Kind.CONTRACT: ("contract-signed",),
    Kind.DEAL: ("deal-won",),
}
"""Which milestone's amount is the unit's, best first."""


class Part(StrEnum):
    """Where money at risk stands."""

    UNBILLED = "unbilled"
    UNPOSTED = "unposted"
    UNAPPLIED = "unapplied"


class RiskState(StrEnum):
    """What became of money at risk."""

    AT_RISK = "at_risk"
    RECOVERED = "recovered"
    DELAYED = "delayed"
    LEAKED = "leaked"


class Grain(StrEnum):
    """How much time a cell covers."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
