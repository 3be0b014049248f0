"""What a reviewer of class R3 acknowledges item by item: each finding, each loss, the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance import canonical
from governance.approvals.lifecycle import RiskClass
from governance.approvals.models import GateResult
from governance.errors import Unacknowledged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from governance.approvals.models import ChangeRequest, Revision

COMPATIBILITY, REPLAY = "compatibility", "shadow_replay"
ASKED = (RiskClass.R3,)
"""Classes whose voters acknowledge the impact."""


@dataclass(frozen=True, slots=True)
class Impact:
    """`key` names it for good: the same finding has the same key in every revision."""

    key: str
    level: str
    """breaking, not_checked or fails."""
    title: str
    subject: str
    pointer: str = ""


def impacts(request: ChangeRequest, revision: Revision) -> list[Impact]:
    """In the order of the gates; empty for classes that ask for none."""
    if request.risk_class not in ASKED or request.is_foundation:
        return []
    return of_gates(GateResult.objects.filter(revision=revision).order_by("pk"))


def of_gates(gates: Iterable[GateResult]) -> list[Impact]:
    """What these results ask to be acknowledged, each once."""
    found: dict[str, Impact] = {}
    for gate in gates:
        if gate.gate == COMPATIBILITY:
            for slug, judgement in gate.detail.items():
                for one in (*_breaking(slug, judgement), *_unchecked(slug, judgement)):
                    found.setdefault(one.key, one)
        elif gate.gate == REPLAY:
            for one in _failing(gate.detail):
                found.setdefault(one.key, one)
    return list(found.values())


def _breaking(slug: str, judgement: dict[str, Any]) -> Iterator[Impact]:
    for one in judgement["findings"]:
        if one["level"] == "breaking":
            place = one["new_pointer"] or one["old_pointer"]
            key = key_of(slug, "breaking", one["fingerprint"])
            yield Impact(key, "breaking", one["message"].strip(": "), slug, place)


def _unchecked(slug: str, judgement: dict[str, Any]) -> Iterator[Impact]:
    for one in judgement["not_checked"]:
        place = one.get("pointer", "")
        key = key_of(slug, "not_checked", f"{place} {one['message']}")
        yield Impact(key, "not_checked", one["message"].strip(": "), slug, place)


def _failing(detail: dict[str, Any]) -> Iterator[Impact]:
    for one in detail.get("flows", []):
        if one["fails"]:
            title = f"{one['fails']} of {one['looked']} recent messages of {one['name']} would fail"
            yield Impact(key_of(one["flow"], "fails", one["to"]), "fails", title, one["flow"])


def key_of(subject: str, level: str, mark: str) -> str:
    """Short, and the same whenever it is computed."""
    return canonical.digest([subject, level, mark])[:16]


def refuse_unacknowledged(wanted: Iterable[Impact], given: Collection[str]) -> None:
    """Unacknowledged, naming what is left."""
    left = [one for one in wanted if one.key not in given]
    if left:
        rest = f" and {len(left) - 3} more" if len(left) > 3 else ""
        named = "; ".join(f"{one.subject}: {one.title}" for one in left[:3])
        raise Unacknowledged(f"acknowledge item by item what it does: {named}{rest}")
