"""Status words: which of the five colours each state wears, on every screen the same."""

KINDS = {
    "draft": "draft",
    "review": "review",
    "active": "active",
    "risk": "risk",
    "breaking": "breaking",
}
ICONS = {"draft": "na", "review": "half", "active": "yes", "risk": "warn", "breaking": "stop"}
VERDICTS = {
    "breaking": ("breaking", "stop", "BREAKING"),
    "risky": ("risk", "warn", "RISKY"),
    "safe": ("active", "check", "SAFE"),
    "not_checked": ("draft", "ask", "NOT CHECKED"),
}
STATES: dict[str, str] = {
    **KINDS,
    **dict.fromkeys(
        ("superseded", "retired", "withdrawn", "cancelled", "closed", "dismissed", "skipped",
         "duplicate", "snoozed", "idle", "disabled", "planned", "not_applicable"), "draft"
    ),
    **dict.fromkeys(
        ("proposed", "in_review", "scheduled", "queued", "running", "claimed", "candidate",
         "pending", "waiting", "open", "new", "sending", "activating"), "review"
    ),
    **dict.fromkeys(
        ("approved", "activated", "done", "succeeded", "applied", "confirmed", "resolved",
         "solved", "signed", "met", "passed", "green", "verified", "delivered"), "active"
    ),
    **dict.fromkeys(
        ("deprecated", "changes_requested", "retrying", "blocked", "late", "partial", "warning",
         "expiring", "unknown", "stale", "parked"), "risk"
    ),
    **dict.fromkeys(
        ("rejected", "failed", "refused", "breached", "broken", "revoked", "error", "stopped",
         "missed", "dead"), "breaking"
    ),
}  # fmt: skip


def kind_of(state: object) -> str:
    """The colour of a state; grey for one that has no place here."""
    return STATES.get(str(state), "draft")


def word_of(state: object) -> str:
    """A state as people read it: `changes_requested` is "Changes requested"."""
    return str(state).replace("_", " ").capitalize()
