"""What each role may do. Roles are code; who holds one is a grant in `governance.ownership`."""

from governance.ownership.lifecycle import Role

READ = frozenset({"governance.view_registry", "governance.view_change"})
RUNS = frozenset({"integrations.view_run", "integrations.view_case", "integrations.view_record"})
CHANGE = frozenset({"governance.propose_change", "governance.comment_change"})
REVIEW = frozenset({"governance.review_change"})
EVIDENCE = frozenset({"governance.export_evidence"})
WORK = frozenset({"integrations.work_case", "integrations.start_run"})

ROLES: dict[str, frozenset[str]] = {
    Role.VIEWER: READ,
    Role.ARCHITECT: READ | RUNS | CHANGE | REVIEW | EVIDENCE,
    Role.STEWARD: READ | RUNS | CHANGE | REVIEW | WORK,
    Role.FINANCE_LEADER: READ
    | RUNS
    | REVIEW
    | EVIDENCE
    | frozenset(
        {
            "governance.comment_change",
            "integrations.view_sla",
            "integrations.work_case",
            "integrations.sign_reconciliation",
        }
    ),
    Role.AUDITOR: READ
    | RUNS
    | EVIDENCE
    | frozenset({"governance.view_audit", "integrations.view_sla"}),
    Role.PLATFORM_ADMIN: READ
    | RUNS
    | CHANGE
    | REVIEW
    | EVIDENCE
    | frozenset(
        {
            "governance.view_audit",
            "integrations.start_run",
            "integrations.manage_secrets",
            "accounts.manage_tokens",
        }
    ),
}

METADATA = frozenset(
    {"governance.view_registry", "governance.view_change", "governance.comment_change"}
)
"""Readable firm-wide by anyone who holds them in any domain."""
