"""What the compatibility engine found in a revision, as the semantic diff shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from governance.approvals.gates import Compatibility
from governance.approvals.impacts import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.approvals.models import Comment
    from governance.approvals.queries import Detail

Said = dict[str, list["Comment"]]
Took = dict[str, list[str]]
ORDER = ("breaking", "not_checked", "risky", "safe")
LEVELS = {"breaking": "breaking", "risky": "risky", "safe": "safe", "info": "safe"}
"""The engine's level → the word of the badge; a level that is new to us counts as unchecked."""

PROOFS = {
    "request": "could be sent before and is refused now",
    "response": "can come back now and could not before",
    "backward": "was valid before and is refused now",
    "forward": "is valid now and was refused before",
}
LONG = 160
UNCHECKED = "This place could not be compared, so it counts as breaking until somebody looks."


@dataclass(frozen=True, slots=True)
class Finding:
    """One root cause. `witness` is a payload that proves it, as JSON; empty where none was made."""

    verdict: str
    title: str
    subject: str
    place: str
    rule: str
    witness: str
    proof: str
    operations: list[str]
    comments: list[Comment]
    clause: str = ""
    uses: list[dict[str, str]] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    """Who took note of it."""

    @property
    def anchor(self) -> str:
        """Under which a comment about it is kept; survives revisions."""
        return f"{self.subject}{self.place}"


@dataclass(frozen=True, slots=True)
class Findings:
    """`shown` follows the filter; `safe` are folded together; `hidden` were not even stored."""

    shown: list[Finding]
    safe: list[Finding]
    counts: list[tuple[str, int]]
    total: int
    hidden: int


def findings(found: Detail, *, only: str = "") -> Findings:
    """Breaking ones first, then what reaches our flows, then what a payload proves.

    `only`: one verdict, or all.
    """
    rows = sorted(
        _all(found), key=lambda one: (ORDER.index(one.verdict), not one.uses, not one.witness)
    )
    counted = Counter(one.verdict for one in rows)
    fitting = [one for one in rows if only in ("", one.verdict)]
    return Findings(
        shown=[one for one in fitting if one.verdict != "safe"],
        safe=[one for one in fitting if one.verdict == "safe"],
        counts=[(verdict, counted[verdict]) for verdict in ORDER if counted[verdict]],
        total=len(rows),
        hidden=sum(max(one["count"] - len(one["findings"]), 0) for _, one in _judgements(found)),
    )


def _judgements(found: Detail) -> Iterator[tuple[str, dict[str, Any]]]:
    for gate in found.gates:
        if gate.gate == Compatibility.name:
            yield from gate.detail.items()


def _all(found: Detail) -> Iterator[Finding]:
    said: Said = {}
    for comment in found.comments:
        said.setdefault(comment.anchor, []).append(comment)
    took = _took(found)
    for subject, judgement in _judgements(found):
        for one in judgement["findings"]:
            yield _finding(subject, one, said, took)
        once = {(one.get("pointer", ""), one["message"]): one for one in judgement["not_checked"]}
        for one in once.values():
            yield _unchecked(subject, one, said, took)


def _took(found: Detail) -> Took:
    """Key of an impact → those who acknowledged it on this revision."""
    took: Took = {}
    for vote in found.votes:
        if vote.revision_id == found.revision.pk and vote.voided_at is None:
            for key in vote.acknowledged:
                took.setdefault(key, []).append(vote.person.label)
    return took


def _finding(subject: str, one: dict[str, Any], said: Said, took: Took) -> Finding:
    place = one["new_pointer"] or one["old_pointer"]
    return Finding(
        verdict=LEVELS.get(one["level"], "not_checked"),
        title=one["message"].strip(": "),
        subject=subject,
        place=place,
        rule=one["rule"],
        witness=_json(one["witness"]) if "witness" in one else "",
        proof=PROOFS.get(one["direction"], "is valid under only one of the two versions"),
        operations=one["operations"],
        comments=said.get(f"{subject}{place}", []),
        clause=one.get("clause", ""),
        uses=one.get("uses", []),
        acknowledged=took.get(key_of(subject, "breaking", one["fingerprint"]), []),
    )


def _json(value: Any) -> str:
    """In one line where it fits."""
    raw = msgspec.json.encode(value)
    return msgspec.json.format(raw, indent=-1 if len(raw) < LONG else 2).decode()


def _unchecked(subject: str, one: dict[str, Any], said: Said, took: Took) -> Finding:
    place = one.get("pointer", "")
    return Finding(
        verdict="not_checked",
        title=one["message"].strip(": "),
        subject=subject,
        place=place,
        rule="",
        witness="",
        proof=UNCHECKED,
        operations=[],
        comments=said.get(f"{subject}{place}", []),
        acknowledged=took.get(key_of(subject, "not_checked", f"{place} {one['message']}"), []),
    )
