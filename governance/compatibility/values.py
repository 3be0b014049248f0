"""Instances that a schema probably accepts: guesses, which the validator then judges."""

import json
from collections.abc import Iterable, Iterator
from decimal import ROUND_FLOOR, Decimal
from itertools import islice
from typing import Any

from governance.compatibility.references import Index
from governance.compatibility.samples import matching

MAX_DEPTH = 6
MAX_GUESSES = 4_000
"""Schemas that one search looks into."""
MAX_FULL = 60
"""Objects with more properties are guessed small only."""
MAX_VARIANTS = 10
MAX_VALUES = 24
MAX_SIZE = 10_000
MAX_ITEMS = 60
NUMBER = (int, float, Decimal)
BORDERS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
ANY: dict[str, list[Any]] = {
    "null": [None],
    "boolean": [True, False],
    "integer": [0, 1, -1],
    "number": [1.5, 0],
    "string": ["a", "", "foo"],
    "array": [[], [1]],
    "object": [{}, {"a": 1}],
}
HINTS = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems",
              "unevaluatedItems", "additionalItems"),
    "object": ("properties", "required", "patternProperties", "additionalProperties",
               "propertyNames", "minProperties", "maxProperties", "dependentRequired",
               "dependentSchemas", "dependencies", "unevaluatedProperties"),
}  # fmt: skip


def unique(values: Iterable[Any], limit: int = MAX_VALUES) -> list[Any]:
    """Values that differ as JSON, in their order."""
    seen: set[str] = set()
    kept = []
    for value in values:
        key = json.dumps(value, sort_keys=True, default=str)
        if key not in seen:
            seen.add(key)
            kept.append(value)
            if len(kept) >= limit:
                break
    return kept


class Guesser:
    """Guesses instances of the schemas of one document."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.left = MAX_GUESSES

    def guess(self, schema: Any, depth: int = 0) -> list[Any]:
        """A few instances, the plainest first."""
        self.left -= 1
        if schema is False or depth > MAX_DEPTH or self.left < 0:
            return []
        if not isinstance(schema, dict) or not schema:
            return [value for values in ANY.values() for value in values[:1]]
        found: list[Any] = []
        for variant in islice(self.variants(schema, depth), MAX_VARIANTS):
            found.extend(self._plain(variant, depth))
        return unique(found)

    def variants(self, schema: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
        """The schema with references, combiners and conditions decided one way or another."""
        self.left -= 1
        if depth > 2 * MAX_DEPTH or self.left < 0:
            return
        rest = dict(schema)
        reference = rest.pop("$ref", None) or rest.pop("$dynamicRef", None)
        if isinstance(reference, str):
            target = self.index.resolve(reference, schema)
            yield from self._over(target.raw if target else True, rest, depth)
            return
        for key in ("allOf", "anyOf", "oneOf"):
            if isinstance(rest.get(key), list):
                branches = rest.pop(key)
                yield from self._branches(key, branches, rest, depth)
                return
        if "if" in rest:
            yield from self._conditional(rest, depth)
            return
        yield rest

    def _over(self, inner: Any, rest: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
        if inner is False:
            return
        merged = overlay(inner, rest) if isinstance(inner, dict) else rest
        yield from self.variants(merged, depth + 1)

    def _branches(
        self, key: str, branches: list[Any], rest: dict[str, Any], depth: int
    ) -> Iterator[dict[str, Any]]:
        if key == "allOf":
            merged = rest
            for branch in branches:
                if isinstance(branch, dict):
                    for flat in islice(self.variants(branch, depth + 1), 1):
                        merged = overlay(flat, merged)
            yield from self.variants(merged, depth + 1)
            return
        for branch in branches[:MAX_VARIANTS]:
            yield from islice(self._over(branch, rest, depth), 3)
        if key == "anyOf" and len(branches) > 1:
            yield from self._branches("allOf", branches, rest, depth)

    def _conditional(self, rest: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
        condition, then, otherwise = (rest.pop(key, True) for key in ("if", "then", "else"))
        yield from self._branches("allOf", [condition, then], rest, depth)
        yield from self._branches("allOf", [otherwise], rest, depth)
        yield from self._branches("allOf", [then], rest, depth)

    def _plain(self, schema: dict[str, Any], depth: int) -> Iterator[Any]:
        if "const" in schema:
            yield schema["const"]
            return
        if "enum" in schema:
            yield from schema["enum"][:MAX_VALUES]
            return
        for name in types_of(schema):
            yield from self._of_type(name, schema, depth)

    def _of_type(self, name: str, schema: dict[str, Any], depth: int) -> Iterable[Any]:
        if name in ("integer", "number"):
            return numbers(schema, whole=name == "integer")
        if name == "string":
            return strings(schema)
        if name == "array":
            return self.arrays(schema, depth)
        return self.objects(schema, depth) if name == "object" else ANY[name]

    def arrays(self, schema: dict[str, Any], depth: int) -> Iterator[Any]:
        prefix, rest = tuple_of(schema)
        heads = [self.guess(item, depth + 1) for item in prefix]
        if not all(heads):
            heads = []
        tail = self.guess(rest, depth + 1) if rest is not False else []
        tail = unique([*self.guess(schema.get("contains", False), depth + 1), *tail])
        least = count(schema, "minItems", 0)
        most = count(schema, "maxItems", least)
        for wanted in (least, len(heads), least + 1, most):
            if wanted <= MAX_ITEMS:
                yield from _fill(heads, tail, wanted)
                if schema.get("uniqueItems") is True and isinstance(rest, dict):
                    yield from _distinct(rest, wanted)

    def objects(self, schema: dict[str, Any], depth: int) -> Iterator[Any]:
        properties = schema.get("properties") or {}
        guesses = {name: self.guess(inner, depth + 1) for name, inner in properties.items()}
        required = [*schema.get("required", ()), *_dependent(schema)]
        for name in required:
            guesses.setdefault(name, self._value_of(name, schema, depth))
        least = {name: guesses[name][0] for name in schema.get("required", ()) if guesses[name]}
        full = {name: found[0] for name, found in guesses.items() if found}
        yield from (least, full, {n: full[n] for n in required if n in full})
        yield from _padded(least, count(schema, "minProperties", 0))
        for name, found in guesses.items():
            for value in found[:6]:
                yield {**least, name: value}
                if len(full) <= MAX_FULL:
                    yield {**full, name: value}
        for name, inner in self._free_names(schema):
            yield from ({**least, name: value} for value in self.guess(inner, depth + 1)[:4])

    def _value_of(self, name: str, schema: dict[str, Any], depth: int) -> list[Any]:
        inner = schema.get("additionalProperties", True)
        return self.guess(inner, depth + 1) or [1]

    def _free_names(self, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        for pattern, inner in (schema.get("patternProperties") or {}).items():
            for name in matching(pattern)[:3]:
                yield name, inner
        if isinstance(schema.get("propertyNames"), dict):
            for name in self.guess(schema["propertyNames"], MAX_DEPTH - 1)[:4]:
                if isinstance(name, str):
                    yield name, schema.get("additionalProperties", True)
        yield "other", schema.get("additionalProperties", True)


def types_of(schema: dict[str, Any]) -> list[str]:
    """The types a schema names, or those that its keywords speak of first."""
    named = schema.get("type")
    if isinstance(named, str):
        return [named]
    if isinstance(named, list):
        return named
    hinted = [name for name, keys in HINTS.items() if any(key in schema for key in keys)]
    return [*hinted, *(name for name in ANY if name not in hinted)]


def tuple_of(schema: dict[str, Any]) -> tuple[list[Any], Any]:
    """Schemas by position and the schema of the rest, in either dialect."""
    items = schema.get("items", True)
    if isinstance(items, list):
        return items, schema.get("additionalItems", True)
    return schema.get("prefixItems") or [], items


def overlay(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    """Both schemas at once, roughly: enough for a guess."""
    merged = {**lower, **upper}
    for key in ("properties", "patternProperties", "dependentRequired"):
        if key in lower and key in upper:
            merged[key] = {**lower[key], **upper[key]}
    if "required" in lower and "required" in upper:
        merged["required"] = [*lower["required"], *upper["required"]]
    for key in ("allOf", "anyOf", "oneOf", "not"):
        if key in lower and key in upper:
            left = lower[key] if key == "allOf" else [{key: lower[key]}]
            merged["allOf"] = [*merged.get("allOf", []), *left]
    if isinstance(lower.get("enum"), list) and isinstance(upper.get("enum"), list):
        merged["enum"] = [value for value in upper["enum"] if value in lower["enum"]]
    return merged


def _dependent(schema: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for key in ("dependentRequired", "dependencies", "dependentSchemas"):
        for name, needed in (schema.get(key) or {}).items():
            found.append(name)
            if isinstance(needed, list):
                found.extend(needed)
    return found


def _padded(least: dict[str, Any], size: int) -> Iterator[dict[str, Any]]:
    if len(least) < size <= MAX_ITEMS:
        yield {**least, **{f"p{i}": 1 for i in range(size - len(least))}}


def _distinct(items: dict[str, Any], wanted: int) -> Iterator[list[Any]]:
    """Lists without repetition."""
    if isinstance(items.get("enum"), list):
        yield items["enum"][:wanted]
    yield [f"v{i}" for i in range(wanted)]
    yield list(range(wanted))


def _fill(heads: list[list[Any]], tail: list[Any], wanted: int) -> Iterator[list[Any]]:
    start = [head[0] for head in heads[:wanted]]
    missing = wanted - len(start)
    if missing > 0 and not tail:
        return
    yield [*start, *(tail[i % len(tail)] for i in range(missing))]
    for value in tail[:8] if missing > 0 else ():
        yield [*start, *([value] * missing)]
    for position, head in enumerate(heads[:wanted]):
        for value in head[1:6]:
            yield [*start[:position], value, *start[position + 1 :]]


def count(schema: dict[str, Any], key: str, default: int) -> int:
    """A size that a schema sets; 2.0 counts as 2."""
    value = schema.get(key, default)
    sane = isinstance(value, int | float) and 0 <= value < MAX_SIZE
    return int(value) if sane else default


def is_number(value: Any) -> bool:
    """A number; earlier drafts have flags where the later ones have borders."""
    return isinstance(value, NUMBER) and not isinstance(value, bool)


def plain_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def numbers(schema: dict[str, Any], *, whole: bool) -> Iterator[Any]:
    """Round the borders of a range, on its multiples."""
    step = Decimal(str(schema.get("multipleOf", 1 if whole else 0.5)))
    borders = [Decimal(str(schema[key])) for key in BORDERS if is_number(schema.get(key))]
    for border in borders or [Decimal(0)]:
        aligned = (border / step).to_integral_value(ROUND_FLOOR) * step if step else border
        for value in (border, aligned, aligned + step, aligned - step, border + 1, border - 1):
            yield int(value) if whole else plain_number(value)
    for factor in (0, 1, 10) if whole else (0, 1, Decimal("2.5")):
        yield plain_number(step * factor)
    if not whole:
        yield from (1.5, 1)


def strings(schema: dict[str, Any]) -> Iterator[str]:
    least, most = count(schema, "minLength", 0), count(schema, "maxLength", -1)
    if isinstance(schema.get("pattern"), str):
        yield from matching(schema["pattern"])
    base = "foo" if not 0 <= most < 3 else "a" * most
    yield base.ljust(least, "a")
    yield "a" * least
    yield "b" * max(most, 0)
    yield from ("2020-01-01", "1")
