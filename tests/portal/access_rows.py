"""Who gets past which door: every route and method, written down by hand.

`here` are the roles (see `access_rig.ROLES`) that get in where the thing is in their own domain,
`there` where it is in another one. Getting in says nothing of whether the act is then refused by
its own rules. A route without a row fails.
"""

from __future__ import annotations

from dataclasses import dataclass

ALL, RUN, MONEY, LOG = "VASFUP", "ASFUP", "FU", "UP"
PROPOSE, REVIEW, WORK, START, EVIDENCE = "ASP", "ASFP", "SF", "SP", "AFUP"


@dataclass(frozen=True)
class Row:
    """One door. `thing` fills its address."""

    name: str
    method: str
    thing: str
    here: str
    there: str
    body: str = "{}"
    own: bool = False
    """It is about the caller's own things: everybody may decide about theirs."""


def same(name: str, who: str, thing: str = "", method: str = "get", body: str = "{}") -> Row:
    """Metadata, or a list that shows what is in one's domains: the domain opens nothing."""
    return Row(name, method, thing, who, who, body)


def hidden(name: str, who: str, thing: str, method: str = "get", body: str = "{}") -> Row:
    """Payloads, money and actions: a thing of another domain is not there at all."""
    return Row(name, method, thing, who, "", body)


def own(name: str, method: str = "get", thing: str = "", who: str = ALL) -> Row:
    """The caller's own."""
    return Row(name, method, thing, who, who, own=True)


REASON = '{"reason": "x"}'
ROWS = (
    *(same(name, ALL) for name in ("health_live", "health_ready", "home", "search")),
    *(same(name, ALL) for name in ("catalogue", "catalogue-kind", "changes")),
    *(same(name, ALL) for name in ("catalogue-export", "changes-export")),
    same("catalogue-specification", ALL, "specification"),
    same("catalogue-detail", ALL, "flow"),
    same("change", ALL, "change"),
    same("change-raw", ALL, "change"),
    hidden("change-evidence", EVIDENCE, "change"),
    same("change-new", PROPOSE),
    same("change-new", PROPOSE, method="post"),
    same("change-edit", PROPOSE, "change"),
    same("change-edit", PROPOSE, "change", "post"),
    same("change-comment", REVIEW, "change", "post"),
    same("change-move", ALL, "change", "post"),
    same("queue", RUN),
    same("queue-export", RUN),
    hidden("queue-problem", RUN, "case"),
    hidden("queue-problem-move", RUN, "case", "post"),
    hidden("case", RUN, "case"),
    hidden("case-check", RUN, "check", "post"),
    hidden("case-move", WORK, "case", "post"),
    same("runs", RUN),
    same("runs-export", RUN),
    hidden("run", RUN, "run"),
    hidden("run-start", START, "flow", "post"),
    same("audit", RUN),
    same("transactions", RUN),
    hidden("transaction", RUN, "record"),
    hidden("record", RUN, "record"),
    same("dashboards", MONEY),
    same("dashboard-list", MONEY, "figure"),
    same("dashboard-export", MONEY, "figure"),
    same("reconciliation", RUN),
    same("reconciliation-export", RUN),
    hidden("reconciliation-sign", "F", "reconciliation", "post"),
    hidden("reconciliation-decide", "F", "sign_off", "post"),
    same("audit-log", LOG),
    same("audit-verify", LOG, method="post"),
    same("audit-export", LOG),
    own("inbox"),
    own("inbox-follow", thing="notice"),
    own("inbox-read", "post"),
    own("api-notifications"),
    own("api-notifications-read", "post"),
    own("settings"),
    own("settings-mail", "post"),
    own("settings-time-zone", "post"),
    own("settings-token-new"),
    own("settings-token-new", "post"),
    own("settings-token-revoke", "post", "token"),
    own("preferences", "post"),
    own("views"),
    own("view-save", "post"),
    own("view-change", "post", "view"),
    own("api-views"),
    own("api-views", "post"),
    own("api-view", "delete", "view"),
    *(same(name, ALL) for name in ("api-schema", "api-docs", "api-client", "api-me")),
    own("api-tokens"),
    own("api-tokens", "post"),
    own("api-token", "delete", "token"),
    same("api-specifications", PROPOSE, method="post"),
    same("api-specification", ALL, "specification"),
    same("api-flow-agreement", ALL, "flow"),
    same("api-agreement", ALL, "agreement"),
    same("api-compare", ALL, method="post"),
    same("api-changes", ALL),
    same("api-changes", PROPOSE, method="post"),
    same("api-change", ALL, "change"),
    hidden("api-change-evidence", EVIDENCE, "change"),
    same("api-change", PROPOSE, "change", "put"),
    same("api-change-votes", REVIEW, "change", "post"),
    same("api-change-comments", REVIEW, "change", "post"),
    same("api-change-schedule", PROPOSE, "change", "post"),
    hidden("api-change-move", PROPOSE, "change", "post"),
    same("api-runs", RUN),
    hidden("api-run", RUN, "run"),
    hidden("api-flow-runs", START, "flow", "post"),
    same("api-events", START, method="post"),
    same("api-cases", RUN),
    hidden("api-case", RUN, "case"),
    hidden("api-case-candidates", RUN, "case"),
    hidden("api-case-correct", WORK, "case", "post", '{"changes": {"/hours": "8"}, "reason": "x"}'),
    hidden("api-case-pick", WORK, "case", "post", '{"source_id": "x", "reason": "x"}'),
    hidden("api-case-found", WORK, "case", "post", '{"reference": "x", "reason": "x"}'),
    hidden("api-case-move", WORK, "case", "post", REASON),
    same("api-reconciliations", RUN),
    same("api-breaks", RUN),
    same("api-secrets", "P"),
    same("api-secret", "P", "secret", "put"),
    same("api-secret", "P", "secret", "delete"),
    same("api-sla", MONEY),
    same("api-sla-figure", MONEY, "figure"),
    same("api-sla-items", MONEY, "figure"),
    same("api-audit", LOG),
    Row("hook", "post", "secret", "", ""),
)
CLOSED = {"styleguide"}
"""There only while developing."""
