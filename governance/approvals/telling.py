"""A judgement as a gate keeps it: whom each finding reaches stands beside it, those first."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from governance.approvals.uses import fields_of, reached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.approvals.subjects import Item
    from governance.approvals.uses import Use
    from governance.approvals.verdicts import Judgement

SHOWN = 200
"""Findings that a page and a vote can hold; the count tells of the rest."""
GRAVITY = ("breaking", "risky", "safe", "info")


def telling(judgement: Judgement, item: Item, known: Sequence[Use]) -> dict[str, Any]:
    """As JSON. Each finding gets `uses`, the flows and fields of ours that stand in its place, and
    `clause`, the promise that it is about."""
    findings = [
        {**one, "uses": _uses(one, known), "clause": _clause(one, item)}
        for one in judgement.findings
    ]
    findings.sort(key=lambda one: (GRAVITY.index(one["level"]), not one["uses"]))
    return {
        **asdict(judgement),
        "findings": findings[:SHOWN],
        "not_checked": judgement.not_checked[:SHOWN],
    }


def _uses(finding: dict[str, Any], known: Sequence[Use]) -> list[dict[str, str]]:
    return reached((finding["old_pointer"], finding["new_pointer"]), known)


def _clause(finding: dict[str, Any], item: Item) -> str:
    """The data contract's own words on the field."""
    names = fields_of(finding["new_pointer"] or finding["old_pointer"])
    if item.kind != "data_contract_version" or not names:
        return ""
    said = item.document.get("fields", {}).get(names[0], {}).get("meaning", "")
    place = f"data contract {item.document['contract']} {item.document['version']}, {names[0]}"
    return f"{place}: {said}" if said else place
