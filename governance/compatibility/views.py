"""One schema as a set of demands, however it was spelled.

References are followed, `allOf` is merged, `nullable`, `type: [.., "null"]` and `oneOf [null, X]`
become one flag, choices with a single branch disappear, and both drafts speak the newer dialect.
"""

from dataclasses import dataclass, field
from typing import Any

from governance.compatibility import pointers
from governance.compatibility.references import Index, Sub

MAX_MERGED = 400
"""Schemas merged into one view; a longer chain of `allOf` is not followed."""
OLD_DIALECTS = ("3.0", "draft7", "2.0")
"""Dialects in which what stands beside `$ref` is ignored."""


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
        self.made: dict[int, View] = {}
        self.keep: list[Any] = []

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
        known = self.made.get(id(target.raw))
        if known is None or (known.pointer != target.pointer and isinstance(target.raw, bool)):
            known = View(target.pointer, target.raw)
            self.made[id(target.raw)] = known
            self.keep.append(target.raw)
            Merge(self, known).absorb(target)
        return known


PROSE = {
    "title", "description", "summary", "example", "examples", "externalDocs", "xml", "$comment",
    "$id", "id", "$schema", "$anchor", "$dynamicAnchor", "$defs", "definitions", "$vocabulary",
}  # fmt: skip
NOTES = PROSE | {"deprecated", "readOnly", "writeOnly"}
LOWER = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"}
UPPER = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"}
SINGLE = {"contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties",
          "contentSchema"}  # fmt: skip
LISTED = {"pattern", "multipleOf"}
"""Demands that add up: all of them hold."""


class Merge:
    """Takes the demands of schemas into one view."""

    def __init__(self, views: Views, view: View) -> None:
        self.views = views
        self.view = view
        self.seen: set[int] = set()

    def absorb(self, sub: Sub, *, null: bool = False) -> None:
        """`null`: the schema stood beside a null branch, so null is allowed as well."""
        raw, pointer = sub
        if raw is False:
            self.view.words["never"] = True
        if not isinstance(raw, dict) or id(raw) in self.seen:
            return
        self.seen.add(id(raw))
        self.view.merged += 1
        if self.view.merged > MAX_MERGED:
            self.view.unresolved.append((pointer, "too many schemas in one allOf"))
            return
        if isinstance(raw.get("$ref"), str) and self._reference(raw, pointer, null=null):
            return
        if raw.keys() - NOTES - {"$ref"}:
            self.view.only_notes = False
        self._types(raw, pointer, null=null)
        for key in raw:
            self._keyword(key, raw, pointer)
        self._choices(raw, pointer, null=null)

    def _reference(self, raw: dict[str, Any], pointer: str, *, null: bool) -> bool:
        """Follow `$ref`; True if nothing beside it counts."""
        target = self.views.index.resolve(raw["$ref"], raw)
        if target is None:
            self.view.unresolved.append((pointer, raw["$ref"]))
        else:
            self.absorb(target, null=null)
        return self.views.dialect in OLD_DIALECTS

    def _types(self, raw: dict[str, Any], pointer: str, *, null: bool) -> None:
        written = raw.get("type")
        if written is None:
            return
        names = frozenset(written if isinstance(written, list) else [written])
        allows = "null" in names or raw.get("nullable") is True or null
        names = names - {"null"} or names
        self.view.null_votes.append(allows)
        held = self.view.types
        self.view.types = names if held is None else narrowed(held, names)
        self.view.at["type"] = f"{pointer}/type"

    def _keyword(self, key: str, raw: dict[str, Any], pointer: str) -> None:
        value, place = raw[key], f"{pointer}/{pointers.escape(key)}"
        handler = HANDLERS.get(key)
        if handler is not None:
            handler(self, value, place, raw)
        elif key in LOWER or key in UPPER:
            self._border(key, value, place, raw)
        elif key in LISTED:
            listed = self.view.words.setdefault(key, [])
            if value not in listed:
                listed.append(value)
            self.view.at.setdefault(key, place)
        elif key in SINGLE:
            self._single(key, Sub(value, place))
        elif key not in NOTES and key not in STRUCTURE:
            self._word(key, value, place)

    def _word(self, key: str, value: Any, place: str) -> None:
        self.view.words.setdefault(key, value)
        self.view.at.setdefault(key, place)

    def _single(self, key: str, sub: Sub) -> None:
        held = self.view.subs.get(key)
        self.view.subs[key] = sub if held is None else self.both(held, sub)

    def both(self, one: Sub, other: Sub) -> Sub:
        """Two schemas that both hold, as one that stands where the first does."""
        if one.raw == other.raw and type(one.raw) is type(other.raw):
            return one
        joined = Sub({"allOf": [one.raw, other.raw]}, one.pointer)
        self.views.keep.append(joined.raw)
        return joined

    def _border(self, key: str, value: Any, place: str, raw: dict[str, Any]) -> None:
        if isinstance(value, bool):
            if not value:
                return
            value = raw.get("minimum" if key == "exclusiveMinimum" else "maximum")
        elif raw.get(EXCLUSIVE.get(key, "")) is True:
            return
        if value is None:
            return
        held = self.view.words.get(key)
        if held is None or (value > held if key in LOWER else value < held):
            self.view.words[key] = value
            self.view.at[key] = place

    def _choices(self, raw: dict[str, Any], pointer: str, *, null: bool) -> None:
        for key in ("anyOf", "oneOf"):
            branches = raw.get(key)
            if not isinstance(branches, list):
                continue
            subs = [Sub(item, f"{pointer}/{key}/{i}") for i, item in enumerate(branches)]
            kept = [sub for sub in subs if not self._is_null(sub)]
            nulled = len(kept) < len(subs)
            if nulled and kept:
                self.view.null_votes.append(True)
            if len(kept) == 1:
                self.absorb(kept[0], null=null or nulled)
            elif kept and not self._as_values(key, kept):
                self.view.choices.setdefault(key, []).append(kept)

    def _is_null(self, sub: Sub) -> bool:
        raw = self.views.target(sub).raw
        return isinstance(raw, dict) and (
            raw.get("type") in ("null", ["null"]) or raw.get("enum") == [None]
        )

    def _as_values(self, key: str, branches: list[Sub]) -> bool:
        """A choice among constants of one type is a list of values."""
        found: list[Any] = []
        kinds = set()
        for sub in branches:
            raw = self.views.target(sub).raw
            if not isinstance(raw, dict) or raw.keys() - NOTES - {"const", "enum", "type"}:
                return False
            if "const" not in raw and not isinstance(raw.get("enum"), list):
                return False
            found.extend([raw["const"]] if "const" in raw else raw["enum"])
            kinds.add(raw.get("type") if isinstance(raw.get("type"), str) else None)
        if len(kinds) > 1:
            return False
        named = kinds.pop()
        self._types({"type": named}, branches[0].pointer, null=False)
        self._enum(found, branches[0].pointer, {})
        return True

    def _enum(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        if not isinstance(value, list):
            return
        held = self.view.words.get("enum")
        self.view.words["enum"] = value if held is None else [v for v in held if v in value]
        self.view.at.setdefault("enum", place)

    def _all_of(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        if not isinstance(value, list):
            return
        for position, item in enumerate(value):
            sub = Sub(item, f"{place}/{position}")
            self.view.members.append(sub)
            self.absorb(sub)

    def _properties(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        self._named(self.view.properties, value, place)

    def _patterns(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        self._named(self.view.patterns, value, place)

    def _dependent(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        self._named(self.view.dependent, value, place)

    def _named(self, into: dict[str, Sub], value: Any, place: str) -> None:
        for name, item in value.items() if isinstance(value, dict) else ():
            sub = Sub(item, f"{place}/{pointers.escape(name)}")
            into[name] = self.both(into[name], sub) if name in into else sub

    def _required(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        for position, name in enumerate(value if isinstance(value, list) else ()):
            self.view.required.setdefault(str(name), f"{place}/{position}")

    def _items(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        if isinstance(value, list):
            self._prefix(value, place, raw)
        else:
            self._single("items", Sub(value, place))

    def _prefix(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        for position, item in enumerate(value if isinstance(value, list) else ()):
            sub = Sub(item, f"{place}/{position}")
            if position < len(self.view.prefix):
                self.view.prefix[position] = self.both(self.view.prefix[position], sub)
            else:
                self.view.prefix.append(sub)

    def _additional_items(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        if isinstance(raw.get("items"), list):
            self._single("items", Sub(value, place))

    def _additional(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        if value is not True and value != {}:
            self._single("additionalProperties", Sub(value, place))

    def _not(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        self.view.nots.append(Sub(value, place))

    def _if(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        base = place.rpartition("/")[0]
        self.view.conditions.append(
            {key: Sub(raw[key], f"{base}/{key}") for key in ("if", "then", "else") if key in raw}
        )

    def _needs(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        for name, needed in value.items() if isinstance(value, dict) else ():
            if isinstance(needed, list):
                self.view.needs[name] = sorted({*self.view.needs.get(name, ()), *needed})
                self.view.at.setdefault(f"needs:{name}", f"{place}/{pointers.escape(name)}")
            else:
                self._named(self.view.dependent, {name: needed}, place)

    def _flag(self, key: str, value: Any, place: str) -> None:
        if value is True:
            self._word(key, value=True, place=place)


def narrowed(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Types that both allow; an integer is a number."""
    both = one & other
    if "integer" in one | other and "number" in one | other:
        both |= {"integer"}
    return both


EXCLUSIVE = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
STRUCTURE = {"type", "nullable", "anyOf", "oneOf", "then", "else", "$ref", "$dynamicRef"}
HANDLERS: dict[str, Any] = {
    "allOf": Merge._all_of,
    "enum": Merge._enum,
    "properties": Merge._properties,
    "patternProperties": Merge._patterns,
    "required": Merge._required,
    "items": Merge._items,
    "prefixItems": Merge._prefix,
    "additionalItems": Merge._additional_items,
    "additionalProperties": Merge._additional,
    "not": Merge._not,
    "if": Merge._if,
    "dependentRequired": Merge._needs,
    "dependencies": Merge._needs,
    "dependentSchemas": Merge._dependent,
    "deprecated": lambda merge, value, place, raw: merge._flag("deprecated", value, place),
    "readOnly": lambda merge, value, place, raw: merge._flag("readOnly", value, place),
    "writeOnly": lambda merge, value, place, raw: merge._flag("writeOnly", value, place),
    "uniqueItems": lambda merge, value, place, raw: merge._flag("uniqueItems", value, place),
}
