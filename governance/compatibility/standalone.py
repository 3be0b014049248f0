"""A schema of any document as a JSON Schema 2020-12 of its own, for proofs and witnesses."""

from typing import Any

from governance.compatibility import limits
from governance.compatibility.merging import OLD_DIALECTS
from governance.compatibility.references import Sub
from governance.compatibility.views import Views

KEPT = {
    "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems",
    "minContains", "maxContains", "minProperties", "maxProperties", "required",
    "dependentRequired",
}  # fmt: skip
SCHEMAS = {
    "items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else",
    "unevaluatedItems", "unevaluatedProperties",
}  # fmt: skip
LISTS = {"allOf", "anyOf", "oneOf", "prefixItems"}
MAPS = {"properties", "patternProperties", "dependentSchemas"}


MOVING = {"$dynamicRef", "$recursiveRef"}
"""References whose target depends on the way that led there."""


class TooLarge(Exception):
    """It cannot stand alone, or not within the budget."""


class Standalone:
    """Copies what one schema reaches, rewritten for the newest dialect."""

    def __init__(self, views: Views, room: int) -> None:
        self.views = views
        self.room = room
        self.names: dict[int, str] = {}
        self.definitions: dict[str, Any] = {}
        self.waiting: list[tuple[str, Sub]] = []
        self.count = 0

    def build(self, sub: Sub) -> Any:
        """The schema with its `$defs`, or None where it cannot stand alone."""
        try:
            top = self.copy(sub.raw)
            while self.waiting:
                name, target = self.waiting.pop()
                self.definitions[name] = self.copy(target.raw)
        except TooLarge:
            return None
        if isinstance(top, dict) and self.definitions:
            top = {**top, "$defs": self.definitions}
        return top

    def copy(self, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        self.count += 1
        if self.count > self.room:
            raise TooLarge
        if isinstance(raw.get("$ref"), str):
            alone = self.views.dialect in OLD_DIALECTS
            return {**({} if alone else self._plain(raw)), "$ref": self._name(raw)}
        return self._plain(raw)

    def _name(self, raw: dict[str, Any]) -> str:
        target = self.views.index.resolve(raw["$ref"], raw)
        if target is None:
            raise TooLarge
        if id(target.raw) not in self.names:
            name = f"s{len(self.names)}"
            self.names[id(target.raw)] = name
            self.waiting.append((name, target))
        return f"#/$defs/{self.names[id(target.raw)]}"

    def _plain(self, raw: dict[str, Any]) -> dict[str, Any]:
        if raw.keys() & MOVING:
            raise TooLarge
        made: dict[str, Any] = {}
        for key, value in _lifted(raw).items():
            if key in KEPT:
                made[key] = value
            elif key in SCHEMAS:
                made[key] = self.copy(value)
            elif key in LISTS and isinstance(value, list):
                made[key] = [self.copy(item) for item in value]
            elif key in MAPS and isinstance(value, dict):
                made[key] = {name: self.copy(item) for name, item in value.items()}
        return _modern(made, raw)


def _lifted(raw: dict[str, Any]) -> dict[str, Any]:
    """Lists of items and dependencies of draft 7 in the words of 2020-12."""
    if isinstance(raw.get("items"), list):
        rest = raw.get("additionalItems", True)
        raw = {**raw, "prefixItems": raw["items"], "items": rest}
    held = raw.get("dependencies")
    if not isinstance(held, dict):
        return raw
    names = {name: part for name, part in held.items() if isinstance(part, list)}
    schemas = {name: part for name, part in held.items() if not isinstance(part, list)}
    return {
        **raw,
        "dependentRequired": {**names, **raw.get("dependentRequired", {})},
        "dependentSchemas": {**schemas, **raw.get("dependentSchemas", {})},
    }


def _modern(made: dict[str, Any], raw: dict[str, Any]) -> dict[str, Any]:
    """`nullable` and boolean borders in today's words."""
    for key, border in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(made.get(key), bool) and made.pop(key) and border in made:
            made[key] = made.pop(border)
    if raw.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if isinstance(made.get("enum"), list) and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
    return made


def standalone(views: Views, sub: Sub, room: int = limits.MAX_PROOF_NODES) -> Any:
    """`room`: the number of schemas that may be copied."""
    return Standalone(views, room).build(sub)
