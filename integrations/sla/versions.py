"""Customer contracts whose version is not the same in every system that tells one."""

from __future__ import annotations

from collections import defaultdict

from integrations.sla.lifecycle import Kind
from integrations.sla.models import MilestoneFact

SIGNED = "contract-signed"


def mismatched() -> dict[str, dict[int, str]]:
    """Contract → flow → version, for those on which flows disagree."""
    told: dict[str, dict[int, str]] = defaultdict(dict)
    rows = MilestoneFact.objects.filter(unit=Kind.CONTRACT, milestone=SIGNED)
    for key, flow, attributes in rows.values_list("key", "flow", "attributes"):
        if version := attributes.get("version"):
            told[key][flow] = str(version)
    return {key: found for key, found in told.items() if len(set(found.values())) > 1}
