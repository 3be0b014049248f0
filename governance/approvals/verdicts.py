"""What the compatibility engine says of new versions of APIs and data contracts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.approvals import bases
from governance.approvals.classify import same

if TYPE_CHECKING:
    from governance.approvals.subjects import Item

COMPATIBLE, INCOMPATIBLE, NOT_CHECKED = "compatible", "incompatible", "not_checked"
COMPARED = {"api_version": "specification", "data_contract_version": "schema"}
"""Kind → the part of its document that the engine compares."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`findings` are JSON, root causes first."""

    verdict: str
    findings: list[dict[str, Any]] = field(default_factory=list)


def judge(item: Item) -> Judgement | None:
    """The verdict against the version before; None where there is none to compare with."""
    part = COMPARED.get(item.kind)
    old = bases.before(item) if part else None
    if part is None or old is None:
        return None
    if same(old.get(part), item.document.get(part)):
        return Judgement(COMPATIBLE)
    return Judgement(NOT_CHECKED)
