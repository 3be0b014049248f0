"""Proofs about JSON Schemas: is every instance of one an instance of the other?"""

from enum import StrEnum
from functools import cached_property
from typing import Any

import jsonschema_rs

from governance.compatibility import limits, room, weight
from governance.compatibility.references import Index

LINEAR = jsonschema_rs.RegexOptions()
"""Patterns that need backtracking are not compiled: their schemas are *not checked*."""
FAILURES = (ValueError, TypeError, jsonschema_rs.ReferencingError, jsonschema_rs.ValidationError)


class Containment(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Schema:
    """One JSON Schema with what is needed to judge instances and prove things about it."""

    def __init__(self, value: Any) -> None:
        self.value = value

    @cached_property
    def index(self) -> Index:
        return Index(self.value)

    @cached_property
    def _heavy(self) -> tuple[bool, bool]:
        return weight.too_heavy(self.value, self.index)

    @cached_property
    def depth(self) -> int:
        return room.depth(self.value)

    @cached_property
    def problem(self) -> str:
        """Why instances cannot be judged; empty if they can."""
        if self._heavy[0]:
            return "evaluating this schema takes more steps than the budget allows, or never ends"
        if self.depth > limits.MAX_STACK:
            return "schemas refer to each other more deeply than the budget allows"
        try:
            self._validator  # noqa: B018 - building it is the test
        except FAILURES as error:
            return str(error).split("\n", 1)[0][:200]
        return ""

    @cached_property
    def _validator(self) -> jsonschema_rs.Validator:
        return jsonschema_rs.validator_for(
            self.value, validate_formats=False, pattern_options=LINEAR, offline=True
        )

    def accepts(self, instance: Any) -> bool:
        try:
            return self._validator.is_valid(instance)
        except FAILURES:
            return False

    def refusal(self, instance: Any) -> tuple[str, str, str] | None:
        """Keyword, instance pointer and message of the first refusal."""
        for error in self._validator.iter_errors(instance):
            place = "".join(f"/{token}" for token in error.instance_path)
            return error.kind.name, place, error.message
        return None

    @cached_property
    def canonical(self) -> jsonschema_rs.CanonicalSchema | None:
        if size(self.value) > limits.MAX_PROOF_NODES or self._heavy[1]:
            return None
        try:
            return jsonschema_rs.canonicalize(
                self.value, validate_formats=False, pattern_options=LINEAR, offline=True
            )
        except FAILURES:
            return None


def size(value: Any) -> int:
    """Containers in a value."""
    stack, count = [value], 0
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            count += 1
            stack.extend(node.values())
        elif isinstance(node, list):
            count += 1
            stack.extend(node)
    return count


def covers(wide: Schema, narrow: Schema) -> Containment:
    """Does `wide` accept all that `narrow` accepts? Only YES is a proof."""
    left, right = wide.canonical, narrow.canonical
    if left is None or right is None:
        return Containment.UNKNOWN
    try:
        return Containment(str(left.covers(right)))
    except FAILURES:
        return Containment.UNKNOWN


def difference(one: Schema, other: Schema) -> Any:
    """A schema of what `one` accepts and `other` does not, where it can be written; else None."""
    left, right = one.canonical, other.canonical
    if left is None or right is None:
        return None
    try:
        return left.subtract(right).to_json_schema()
    except FAILURES:
        return None
