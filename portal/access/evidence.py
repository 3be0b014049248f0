"""What a gate tells a person: counts firm-wide, samples and money only in their domains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.access.backend import domains

if TYPE_CHECKING:
    from portal.accounts.models import User

RECORD = "integrations.view_record"
PRIVATE = ("money", "places", "reasons", "samples")
"""Parts of a shadow replay that come from records."""


def told(detail: dict[str, Any], person: User) -> dict[str, Any]:
    """The same, without what comes from records of domains that are not this person's."""
    flows = detail.get("flows")
    allowed = domains(person, RECORD)
    if allowed is None or not isinstance(flows, list):
        return detail
    return {**detail, "flows": [_flow(one, allowed) for one in flows]}


def _flow(one: dict[str, Any], allowed: set[int]) -> dict[str, Any]:
    if one.get("domain") in allowed:
        return one
    return {name: value for name, value in one.items() if name not in PRIVATE} | {"hidden": True}
