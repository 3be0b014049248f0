"""The doors of approvals: keyword-only, each in one transaction; no write goes around them."""

from governance.approvals.activating import activate_due, expire_idle, scan
from governance.approvals.founding import open_foundation
from governance.approvals.proposing import open_request, propose, revise, rollback, submit, withdraw
from governance.approvals.reviewing import comment, reject, vote
from governance.approvals.scheduling import schedule

__all__ = [
    "activate_due",
    "comment",
    "expire_idle",
    "open_foundation",
    "open_request",
    "propose",
    "reject",
    "revise",
    "rollback",
    "scan",
    "schedule",
    "submit",
    "vote",
    "withdraw",
]
