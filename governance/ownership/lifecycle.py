"""Statuses, roles' seats and the shape that every governed thing shares."""

from enum import StrEnum


class Status(StrEnum):
    """Only an activation writes a status; a draft exists because a change request names it."""

    DRAFT = "draft"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


class Seat(StrEnum):
    """Chairs that a review rule may ask for."""

    OWNER = "owner"
    STEWARD = "steward"
    FINANCE_OWNER = "finance_owner"
    PLATFORM_ARCHITECT = "platform_architect"
    PLATFORM_ADMIN = "platform_admin"
    EMERGENCY = "emergency"
    FREEZE_APPROVER = "freeze_approver"


DOMAIN_SEATS = (Seat.OWNER, Seat.STEWARD, Seat.FINANCE_OWNER)
"""Seats that a domain's own document fills; the others are filled by role grants."""


class Role(StrEnum):
    """Granted per domain or firm-wide; what each may do is code in `portal.access.roles`."""

    VIEWER = "viewer"
    ARCHITECT = "architect"
    STEWARD = "steward"
    FINANCE_LEADER = "finance_leader"
    AUDITOR = "auditor"
    PLATFORM_ADMIN = "platform_admin"
