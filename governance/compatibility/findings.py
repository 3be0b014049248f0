"""What a comparison found: one finding per root cause."""

import hashlib
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

import msgspec

from governance.compatibility.rules import Direction, Level, Rule

Verdict = Literal["compatible", "incompatible", "not_checked"]
UNNAMED = "branch at "
MISSING: Any = object()
"""No witness: null is one."""
ORDER = {Level.BREAKING: 0, Level.RISKY: 1, Level.SAFE: 2, Level.INFO: 3}


@dataclass(frozen=True)
class Finding:
    """`witness` is the raw payload that proves it, MISSING where none was made."""

    rule: str
    level: Level
    direction: Direction
    old_pointer: str
    new_pointer: str
    message: str
    witness: Any = MISSING
    operations: tuple[str, ...] = ()
    fingerprint: str = ""
    words: str = ""
    """A digest of what the message tells, for the fingerprint."""
    reaches: bool = False
    """Something that we are known to use stands at this place."""

    @property
    def has_witness(self) -> bool:
        return self.witness is not MISSING

    def to_dict(self) -> dict[str, Any]:
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        del values["words"]
        if not self.has_witness:
            del values["witness"]
        return values | {"operations": list(self.operations)}


@dataclass(frozen=True)
class NotChecked:
    """A place that the engine does not understand, and why."""

    side: Literal["old", "new", "both"]
    pointer: str
    message: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Comparison:
    """The verdict with everything it rests on."""

    verdict: Verdict
    findings: list[Finding] = field(default_factory=list)
    not_checked: list[NotChecked] = field(default_factory=list)
    proven: bool = False
    """Containment was proven, not only looked for."""
    waivers_unused: list[str] = field(default_factory=list)
    bump: str = ""
    """The version step that the findings ask for: major, minor, patch or empty."""

    def to_dict(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "findings": [finding.to_dict() for finding in self.findings],
            "not_checked": [place.to_dict() for place in self.not_checked],
            "proven": self.proven,
            "waivers_unused": self.waivers_unused,
            "bump": self.bump,
        }


def digest(*parts: Any) -> str:
    """A short stable name for values."""
    data = msgspec.json.encode(parts, order="sorted", enc_hook=str)
    return hashlib.sha256(data).hexdigest()[:16]


def make(rule: Rule, old_pointer: str, new_pointer: str, **words: Any) -> Finding:
    """A finding of a rule; its fingerprint survives edits elsewhere."""
    message = rule.message.format(**{"name": "", "old": "", "new": "", **words})
    told = digest({key: word for key, word in words.items() if not _placed(word)})
    return Finding(
        rule.id,
        rule.level,
        rule.direction,
        old_pointer,
        new_pointer,
        message,
        words=told,
        fingerprint=digest(rule.id, new_pointer or old_pointer, words),
    )


def _placed(word: Any) -> bool:
    """Does a word only say where a thing without a name stands?"""
    return isinstance(word, str) and word.startswith(UNNAMED)


def ordered(findings: list[Finding]) -> list[Finding]:
    """The gravest first, those that reach us before the rest, then by place."""
    return sorted(
        findings,
        key=lambda f: (
            ORDER[f.level],
            not f.reaches,
            f.new_pointer or f.old_pointer,
            f.rule,
            f.message,
        ),
    )
