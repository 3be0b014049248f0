"""A comparison for people and for other tools: a table, Markdown, SARIF."""

import json
from typing import Any

from governance.compatibility.findings import Comparison, Finding
from governance.compatibility.rules import Level

SARIF_LEVEL = {
    Level.BREAKING: "error",
    Level.RISKY: "warning",
    Level.SAFE: "note",
    Level.INFO: "note",
}
VERDICT = {
    "compatible": "Compatible: those who rely on the old document can go on.",
    "incompatible": "Incompatible: the change breaks those who rely on the old document.",
    "not_checked": "Not checked: something could not be judged, so nothing is promised.",
}
SHOWN_OPERATIONS = 3


def place_of(finding: Finding) -> str:
    return finding.new_pointer or finding.old_pointer or "/"


def reach_of(finding: Finding) -> str:
    """The operations that a finding touches, in short."""
    names = finding.operations
    if len(names) <= SHOWN_OPERATIONS:
        return ", ".join(names)
    return f"{', '.join(names[:SHOWN_OPERATIONS])} and {len(names) - SHOWN_OPERATIONS} more"


def as_table(comparison: Comparison) -> str:
    """Lines of text, the gravest finding first."""
    lines = [VERDICT[comparison.verdict]]
    for finding in comparison.findings:
        lines.append(f"{finding.level.value.upper():9} {finding.rule}")
        lines.append(f"          at {place_of(finding)}")
        lines.append(f"          {finding.message}")
        if finding.operations:
            lines.append(f"          reaches {reach_of(finding)}")
        if finding.has_witness:
            lines.append(f"          witness {_short(finding.witness)}")
    for place in comparison.not_checked:
        lines.append(f"NOT CHECKED {place.side} {place.pointer or '/'}: {place.message}")
    return "\n".join(lines)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else f"{text[:197]}..."


def as_markdown(comparison: Comparison) -> str:
    lines = [f"**{VERDICT[comparison.verdict]}**", ""]
    if comparison.findings:
        lines += ["| level | rule | place | what | reaches |", "|---|---|---|---|---|"]
    for finding in comparison.findings:
        cells = (
            finding.level.value,
            f"`{finding.rule}`",
            f"`{place_of(finding)}`",
            finding.message,
            reach_of(finding),
        )
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    for place in comparison.not_checked:
        lines.append(f"\nNot checked ({place.side}) `{place.pointer or '/'}`: {place.message}")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def as_sarif(comparison: Comparison, path: str) -> dict[str, Any]:
    """SARIF 2.1.0; `path` is the new document."""
    rules = sorted({finding.rule for finding in comparison.findings})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "concordat compare", "rules": [{"id": r} for r in rules]}
                },
                "results": [_result(finding, path) for finding in comparison.findings],
                "properties": {"verdict": comparison.verdict},
            }
        ],
    }


def _result(finding: Finding, path: str) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "level": SARIF_LEVEL[finding.level],
        "message": {"text": finding.message},
        "partialFingerprints": {"concordat/v1": finding.fingerprint},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": path}},
                "logicalLocations": [{"fullyQualifiedName": place_of(finding)}],
            }
        ],
    }
