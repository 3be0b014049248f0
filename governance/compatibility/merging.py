"""How the demands of schemas come together in one view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.compatibility import pointers
from governance.compatibility.references import Sub

if TYPE_CHECKING:
    from governance.compatibility.views import View, Views

MAX_MERGED = 400
"""Schemas merged into one view; a longer chain of `allOf` is not followed."""
OLD_DIALECTS = ("3.0", "draft7", "2.0")
"""Dialects in which what stands beside `$ref` is ignored."""
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
        if isinstance(raw.get("$ref"), str) and self.reference(raw, pointer, null=null):
            return
        if raw.keys() - NOTES - {"$ref"}:
            self.view.only_notes = False
        self.types(raw, pointer, null=null)
        for key in raw:
            self.keyword(key, raw, pointer)
        self.choices(raw, pointer, null=null)

    def reference(self, raw: dict[str, Any], pointer: str, *, null: bool) -> bool:
        """Follow `$ref`; True if nothing beside it counts."""
        target = self.views.index.resolve(raw["$ref"], raw)
        if target is None:
            self.view.unresolved.append((pointer, raw["$ref"]))
        else:
            self.absorb(target, null=null)
        return self.views.dialect in OLD_DIALECTS

    def types(self, raw: dict[str, Any], pointer: str, *, null: bool) -> None:
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

    def keyword(self, key: str, raw: dict[str, Any], pointer: str) -> None:
        value, place = raw[key], f"{pointer}/{pointers.escape(key)}"
        handler = HANDLERS.get(key)
        if handler is not None:
            handler(self, value, place, raw)
        elif key in LOWER or key in UPPER:
            self.border(key, value, place, raw)
        elif key in LISTED:
            listed = self.view.words.setdefault(key, [])
            if value not in listed:
                listed.append(value)
            self.view.at.setdefault(key, place)
        elif key in SINGLE:
            self.single(key, Sub(value, place))
        elif key not in NOTES and key not in STRUCTURE:
            self.word(key, value, place)

    def word(self, key: str, value: Any, place: str) -> None:
        self.view.words.setdefault(key, value)
        self.view.at.setdefault(key, place)

    def single(self, key: str, sub: Sub) -> None:
        held = self.view.subs.get(key)
        self.view.subs[key] = sub if held is None else self.both(held, sub)

    def both(self, one: Sub, other: Sub) -> Sub:
        """Two schemas that both hold, as one that stands where the first does."""
        if one.raw == other.raw and type(one.raw) is type(other.raw):
            return one
        return self.views.joined(one, other)

    def border(self, key: str, value: Any, place: str, raw: dict[str, Any]) -> None:
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

    def choices(self, raw: dict[str, Any], pointer: str, *, null: bool) -> None:
        for key in ("anyOf", "oneOf"):
            branches = raw.get(key)
            if not isinstance(branches, list) or not branches:
                continue
            subs = [Sub(item, f"{pointer}/{key}/{i}") for i, item in enumerate(branches)]
            kept = [sub for sub in subs if not self.is_null(sub)]
            nulled = len(kept) < len(subs)
            if nulled and kept:
                self.view.null_votes.append(True)
            if not kept:
                self.absorb(subs[0])
            elif len(kept) == 1:
                self.absorb(kept[0], null=null or nulled)
            elif kept and not self.as_values(key, kept):
                self.view.choices.setdefault(key, []).append(kept)

    def is_null(self, sub: Sub) -> bool:
        raw = self.views.target(sub).raw
        return isinstance(raw, dict) and (
            raw.get("type") in ("null", ["null"]) or raw.get("enum") == [None]
        )

    def as_values(self, key: str, branches: list[Sub]) -> bool:
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
        self.types({"type": named}, branches[0].pointer, null=False)
        self.enum(found, branches[0].pointer, {})
        return True

    def enum(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        if not isinstance(value, list):
            return
        held = self.view.words.get("enum")
        if held is not None:
            known = {identity(item) for item in value}
            value = [item for item in held if identity(item) in known]
        self.view.words["enum"] = value
        self.view.at.setdefault("enum", place)

    def all_of(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        if not isinstance(value, list):
            return
        for position, item in enumerate(value):
            sub = Sub(item, f"{place}/{position}")
            self.view.members.append(sub)
            self.absorb(sub)

    def properties(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        self.named(self.view.properties, value, place)

    def patterns(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        self.named(self.view.patterns, value, place)

    def dependent(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        self.named(self.view.dependent, value, place)

    def named(self, into: dict[str, Sub], value: Any, place: str) -> None:
        for name, item in value.items() if isinstance(value, dict) else ():
            sub = Sub(item, f"{place}/{pointers.escape(name)}")
            into[name] = self.both(into[name], sub) if name in into else sub

    def required(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        for position, name in enumerate(value if isinstance(value, list) else ()):
            self.view.required.setdefault(str(name), f"{place}/{position}")

    def items(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        if isinstance(value, list):
            self.prefix(value, place, raw)
        else:
            self.single("items", Sub(value, place))

    def prefix(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        for position, item in enumerate(value if isinstance(value, list) else ()):
            sub = Sub(item, f"{place}/{position}")
            if position < len(self.view.prefix):
                self.view.prefix[position] = self.both(self.view.prefix[position], sub)
            else:
                self.view.prefix.append(sub)

    def additional_items(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        if isinstance(raw.get("items"), list):
            self.single("items", Sub(value, place))

    def additional(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        if value is not True and value != {}:
            self.single("additionalProperties", Sub(value, place))

    def excluded(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        self.view.nots.append(Sub(value, place))

    def condition(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        base = place.rpartition("/")[0]
        self.view.conditions.append(
            {key: Sub(raw[key], f"{base}/{key}") for key in ("if", "then", "else") if key in raw}
        )

    def needs(self, value: Any, place: str, raw: dict[str, Any]) -> None:
        for name, needed in value.items() if isinstance(value, dict) else ():
            if isinstance(needed, list):
                self.view.needs[name] = sorted({*self.view.needs.get(name, ()), *needed})
                self.view.at.setdefault(f"needs:{name}", f"{place}/{pointers.escape(name)}")
            else:
                self.named(self.view.dependent, {name: needed}, place)

    def flag(self, key: str, value: Any, place: str) -> None:
        if value is True:
            self.word(key, value=True, place=place)


def identity(value: Any) -> Any:
    """Equal for values that are equal as JSON: 1 is 1.0, true is neither."""
    if isinstance(value, bool):
        return ("flag", value)
    if isinstance(value, list):
        return ("list", tuple(identity(item) for item in value))
    if isinstance(value, dict):
        return ("object", frozenset((key, identity(item)) for key, item in value.items()))
    return value


def narrowed(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Types that both allow; an integer is a number."""
    both = one & other
    if "integer" in one | other and "number" in one | other:
        both |= {"integer"}
    return both


EXCLUSIVE = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
STRUCTURE = {"type", "nullable", "anyOf", "oneOf", "then", "else", "$ref", "$dynamicRef"}
HANDLERS: dict[str, Any] = {
    "allOf": Merge.all_of,
    "enum": Merge.enum,
    "properties": Merge.properties,
    "patternProperties": Merge.patterns,
    "required": Merge.required,
    "items": Merge.items,
    "prefixItems": Merge.prefix,
    "additionalItems": Merge.additional_items,
    "additionalProperties": Merge.additional,
    "not": Merge.excluded,
    "if": Merge.condition,
    "dependentRequired": Merge.needs,
    "dependencies": Merge.needs,
    "dependentSchemas": Merge.dependent,
    "deprecated": lambda merge, value, place, raw: merge.flag("deprecated", value, place),
    "readOnly": lambda merge, value, place, raw: merge.flag("readOnly", value, place),
    "writeOnly": lambda merge, value, place, raw: merge.flag("writeOnly", value, place),
    "uniqueItems": lambda merge, value, place, raw: merge.flag("uniqueItems", value, place),
}
