"""Which lists there are, and which of their columns tell something."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sla.ageing import bounds, label
from integrations.sla.hops import HOPS
from integrations.sla.terms import Terms

LINE, INVOICE, RISK = "line", "invoice", "risk"
GROUPS = {
    "cause": "Cause",
    "region": "Region",
    "business_unit": "Unit",
    "legal_entity": "Legal entity",
    "customer": "Customer",
    "project": "Project",
    "contract": "Customer contract",
    "contract_type": "Contract type",
    "currency": "Currency",
    "stage": "Stage",
    "bucket": "Age",
    "part": "Part",
}
ONLY = {"bucket": {LINE, INVOICE}, "part": {RISK}, "stage": {LINE, INVOICE}}
"""Groups that not every list has."""
STAGES = {
    "waiting": "Not billable yet",
    "billable": "Billable",
    "drafted": "On a draft",
    "issued": "Issued",
    "posted": "Posted",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """`days` heads the column of days that the figure is made of; empty where it is only money."""

    title: str
    rows: str
    of: str
    days: str = ""


LISTS = {
    "approved-not-billed": Listed("Approved, not billed", "lines", LINE),
    "approved-not-billed-late": Listed("Approved, not billed, late", "lines", LINE),
    "approved-lately": Listed("Approved in the last 30 days", "lines", LINE),
    "contract-version-mismatch": Listed("Unbilled under mismatched versions", "lines", LINE),
    "lines": Listed("Lines", "lines", LINE),
    "roll-forward": Listed("Roll-forward", "lines", LINE),
    "issued-not-posted": Listed("Issued, not posted", "invoices", INVOICE),
    "failed-posts": Listed("Invoices failed to post", "invoices", INVOICE),
    "billing-latency": Listed("Billing latency", "lines", LINE, "Billing latency"),
    "sla-adherence": Listed("Late lines", "lines", LINE, "Billing latency"),
    "late-lines": Listed("Late lines", "lines", LINE, "Billing latency"),
    "stage-split": Listed("Stage split", "lines", LINE, "In this stage"),
    "hand-over": Listed("Hand-off between systems", "lines", LINE, "Hand-off"),
    "revenue-at-risk": Listed("Revenue at risk", "units", RISK),
    "recovered": Listed("Recovered", "units", RISK),
}


def groups(listed: Listed) -> dict[str, str]:
    """What the list can be cut by."""
    return {
        name: title
        for name, title in GROUPS.items()
        if listed.of in ONLY.get(name, {LINE, INVOICE, RISK})
    }


def word(name: str, value: str, terms: Terms) -> str:
    """A piece as people read it."""
    if name == "bucket" and value.isdigit():
        edges = bounds(terms)
        return f"{label(min(int(value), len(edges)), edges)} business days"
    if name == "stage":
        return STAGES.get(value, value)
    if name == "hop":
        return next((hop.title for hop in HOPS if hop.slug == value), value)
    return value.replace("_", " ").capitalize() if name in ("part", "piece") else value
