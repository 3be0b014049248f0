"""Mapping rules as closures: one record in, one result out. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from governance.agreements.expressions import MappingError, Read, compile_expression
from governance.agreements.transforms import Step, TransformRefused, build

ValueMaps = Mapping[str, Mapping[str, Any]]

CROSSREF = "$crossref"
"""Marks a value that is resolved to the target's id when the effect is delivered."""

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def _target(to: str) -> list[str | int]:
    steps: list[str | int] = [
        found[1] if found[1] else int(found[2]) for found in _STEP.finditer(to)
    ]
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    if not steps or isinstance(steps[0], int) or written.lstrip(".") != to:
        raise MappingError(f"{to!r} is no field such as `lines[0].amount`", pointer=to)
    return steps


def _place(result: dict[str, Any], steps: list[str | int], value: Any) -> None:
    """Set `value` below `result`, making the records and lists on the way."""
    node: Any = result
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        fresh: Any = value if following is None else ([] if isinstance(following, int) else {})
        if isinstance(step, int):
            node.extend([None] * (step + 1 - len(node)))
            held = node[step]
        else:
            held = node.get(step)
        if following is None or held is None:
            node[step] = held = fresh
        node = held


def compile_rules(
    rules: list[dict[str, Any]], value_maps: ValueMaps
) -> Callable[[Any], dict[str, Any]]:
    """A closure that builds one result from one record. Raises MappingError at either time."""
    steps = [(_target(rule["to"]), _value(rule, value_maps)) for rule in rules]
    if all(len(place) == 1 for place, _ in steps):
        flat = [(str(place[0]), value) for place, value in steps]

        def build_flat(record: Any) -> dict[str, Any]:
            made = ((name, value(record)) for name, value in flat)
            return {name: found for name, found in made if found is not None}

        return build_flat

    def build_deep(record: Any) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for place, value in steps:
            if (found := value(record)) is not None:
                _place(result, place, found)
        return result

    return build_deep


def walk(rules: Iterable[dict[str, Any]], place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every rule with its JSON Pointer below `place`, those for the elements of lists included."""
    for number, rule in enumerate(rules):
        yield f"{place}/{number}", rule
        yield from walk(rule.get("rules", ()), f"{place}/{number}/rules")


def _value(rule: dict[str, Any], value_maps: ValueMaps) -> Read:
    """How one rule finds its value: origin, transforms, value map, default, required."""
    to = rule["to"]
    read = _each(rule, value_maps) if rule.get("each") else _origin(rule, pointer=to)
    try:
        steps = [
            build(step["name"], by=step.get("by", ""), of=step.get("of", ""))
            for step in rule.get("transforms", ())
        ]
    except TransformRefused as error:
        raise MappingError(str(error), pointer=to) from error
    if name := rule.get("value_map"):
        steps.append(_lookup(name, value_maps, pointer=to))
    default, required = rule.get("default"), rule.get("required", False)
    if not steps and default is None and not required:
        return read
    return _guarded(read, steps, to=to, default=default, required=required)


def _guarded(read: Read, steps: list[Step], *, to: str, default: Any, required: bool) -> Read:
    def value(record: Any) -> Any:
        found = read(record)
        if found is None:
            if default is None and required:
                raise MappingError(f"{to} has no value in the record", pointer=to)
            return default
        try:
            for step in steps:
                found = step(found)
        except TransformRefused as error:
            raise MappingError(f"{to}: {error}", pointer=to, value=found) from error
        return found

    return value


def _each(rule: dict[str, Any], value_maps: ValueMaps) -> Read:
    """A list of what the inner rules make of the record with each element as `item`."""
    to = rule["to"]
    if any(rule.get(name) not in (None, "") for name in ("from", "constant", "crossref")):
        raise MappingError(f"{to} has `each` and another origin", pointer=to)
    read = compile_expression(rule["each"], pointer=to)
    build_one = compile_rules(rule.get("rules", []), value_maps)

    def value(record: Any) -> list[dict[str, Any]] | None:
        found = read(record)
        if found is None:
            return None
        if not isinstance(found, list):
            raise MappingError(f"{to} needs a list", pointer=to, value=found)
        return [_inner(build_one, record, one, f"{to}[{n}]") for n, one in enumerate(found)]

    return value


def _inner(
    build_one: Callable[[Any], dict[str, Any]], record: Any, element: Any, place: str
) -> dict[str, Any]:
    try:
        return build_one({**record, "item": element})
    except MappingError as error:
        raise MappingError(
            str(error),
            pointer=f"{place}.{error.pointer}",
            value_map=error.value_map,
            value=error.value,
        ) from error


def _origin(rule: dict[str, Any], *, pointer: str) -> Read:
    given = [name for name in ("from", "constant", "crossref") if rule.get(name) not in (None, "")]
    if len(given) != 1:
        raise MappingError(
            f"{pointer} needs exactly one of from, constant, crossref and each", pointer=pointer
        )
    if given == ["constant"]:
        constant = rule["constant"]
        return lambda record: constant
    if given == ["crossref"]:
        return _crossref(rule["crossref"], pointer=pointer)
    return compile_expression(rule["from"], pointer=pointer)


def _crossref(spec: dict[str, Any], *, pointer: str) -> Read:
    key = compile_expression(spec["key"], pointer=pointer)
    entity, system = spec["entity"], spec.get("system", "")

    def value(record: Any) -> Any:
        found = key(record)
        if found is None:
            return None
        return {CROSSREF: {"entity": entity, "key": str(found), "system": system}}

    return value


def _lookup(name: str, value_maps: ValueMaps, *, pointer: str) -> Step:
    if name not in value_maps:
        raise MappingError(f"there is no value map {name!r}", pointer=pointer)
    rows: Mapping[str, str] = value_maps[name]["rows"]

    def step(value: Any) -> str:
        text = str(value)
        if text not in rows:
            raise MappingError(
                f"value map {name} has no row for {text!r}",
                pointer=pointer,
                value_map=name,
                value=text,
            )
        return rows[text]

    return step
