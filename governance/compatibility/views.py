"""One schema as a set of demands, however it was spelled.

References are followed, `allOf` is merged, `nullable`, `type: [.., "null"]` and `oneOf [null, X]`
become one flag, choices with a single branch disappear, and both drafts speak the newer dialect.
"""

from dataclasses import dataclass, field
from typing import Any

from governance.compatibility.merging import OLD_DIALECTS, PROSE, Merge
from governance.compatibility.references import Index, Sub


@dataclass(eq=False, slots=True)
class View:
    """The demands of one schema."""

    pointer: str
    raw: Any
    types: frozenset[str] | None = None
    null_votes: list[bool] = field(default_factory=list)
    words: dict[str, Any] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)
    subs: dict[str, Sub] = field(default_factory=dict)
    """Single subschemas by keyword: items, additionalProperties, contains, ..."""
    properties: dict[str, Sub] = field(default_factory=dict)
    patterns: dict[str, Sub] = field(default_factory=dict)
    required: dict[str, str] = field(default_factory=dict)
    prefix: list[Sub] = field(default_factory=list)
    choices: dict[str, list[list[Sub]]] = field(default_factory=dict)
    """Groups of alternatives under `anyOf` and `oneOf`."""
    nots: list[Sub] = field(default_factory=list)
    conditions: list[dict[str, Sub]] = field(default_factory=list)
    dependent: dict[str, Sub] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)
    members: list[Sub] = field(default_factory=list)
    """What `allOf` named, as written."""
    unresolved: list[tuple[str, str]] = field(default_factory=list)
    merged: int = 0
    only_notes: bool = True

    @property
    def nullable(self) -> bool:
        return bool(self.null_votes) and all(self.null_votes)

    @property
    def nothing(self) -> bool:
        return "never" in self.words

    def place(self, keyword: str) -> str:
        """The pointer of a keyword, or of the schema."""
        return self.at.get(keyword, self.pointer)


class Views:
    """Views of the schemas of one document, each made once."""

    def __init__(self, root: Any, dialect: str) -> None:
        self.dialect = dialect
        self.index = Index(root)
        self.made: dict[tuple[int, str], View] = {}
        self.keep: list[Any] = []
        self.parts: dict[int, list[Any]] = {}
        self.joints: dict[frozenset[int], Sub] = {}

    def joined(self, one: Sub, other: Sub) -> Sub:
        """Schemas that all hold, as one; the same schemas are always the same one, so that what
        refers to itself comes to an end."""
        mine, theirs = (self.parts.get(id(sub.raw), [sub.raw]) for sub in (one, other))
        held = {id(part) for part in mine}
        parts = [*mine, *(part for part in theirs if id(part) not in held)]
        key = frozenset(id(part) for part in parts)
        if key not in self.joints:
            made = Sub({"allOf": parts}, one.pointer)
            self.joints[key] = made
            self.parts[id(made.raw)] = parts
        return self.joints[key]

    def target(self, sub: Sub) -> Sub:
        """The schema behind plain references: where a root cause stands."""
        for _ in range(64):
            if not (isinstance(sub.raw, dict) and self._plain_reference(sub.raw)):
                break
            found = self.index.resolve(sub.raw["$ref"], sub.raw)
            if found is None or found.raw is sub.raw:
                break
            sub = found
        return sub

    def _plain_reference(self, raw: dict[str, Any]) -> bool:
        if not isinstance(raw.get("$ref"), str):
            return False
        return self.dialect in OLD_DIALECTS or not (raw.keys() - PROSE - {"$ref"})

    def view(self, sub: Sub) -> View:
        target = self.target(sub)
        key = (id(target.raw), target.pointer)
        known = self.made.get(key)
        if known is None:
            known = View(target.pointer, target.raw)
            self.made[key] = known
            self.keep.append(target.raw)
            Merge(self, known).absorb(target)
        return known
