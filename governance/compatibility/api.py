"""Two OpenAPI documents side by side: the shared state of their comparison."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from governance.compatibility import (
    checks_choices,
    checks_notes,
    checks_objects,
    checks_values,
    findings,
    pointers,
)
from governance.compatibility.api_rules import rule
from governance.compatibility.crawl import Context, Crawl, Key
from governance.compatibility.findings import Finding
from governance.compatibility.policies import Policy
from governance.compatibility.references import Sub
from governance.compatibility.views import Views

JSON = dict[str, Any]
CHECKS = (
    checks_choices.check_wrapping,
    *checks_values.CHECKS,
    *checks_objects.CHECKS,
    *checks_choices.CHECKS,
    *checks_notes.CHECKS,
)


@dataclass(frozen=True)
class Part:
    """An object of a specification and its pointer."""

    value: JSON
    pointer: str

    def __bool__(self) -> bool:
        return True

    def child(self, *tokens: str | int) -> "Part | None":
        """The object inside, or None where there is none."""
        value: Any = self.value
        for token in tokens:
            if isinstance(value, dict):
                value = value.get(str(token))
            elif isinstance(value, list) and isinstance(token, int) and token < len(value):
                value = value[token]
            else:
                return None
        return Part(value, pointers.join(self.pointer, *tokens)) if is_object(value) else None

    def children(self, key: str) -> Iterator[tuple[str, "Part"]]:
        """Named objects under a key."""
        inner = self.value.get(key)
        for name, value in inner.items() if isinstance(inner, dict) else ():
            if isinstance(value, dict):
                yield str(name), Part(value, pointers.join(self.pointer, key, name))

    def items(self, key: str) -> Iterator["Part"]:
        """Objects in a list under a key."""
        inner = self.value.get(key)
        for place, value in enumerate(inner if isinstance(inner, list) else ()):
            if isinstance(value, dict):
                yield Part(value, pointers.join(self.pointer, key, place))

    def schema(self, key: str = "schema") -> Sub | None:
        value = self.value.get(key)
        if not isinstance(value, dict | bool):
            return None
        return Sub(value, f"{self.pointer}/{pointers.escape(key)}")


def is_object(value: Any) -> bool:
    return isinstance(value, dict)


class Side:
    """One of the two documents."""

    def __init__(self, name: str, value: JSON, dialect: str) -> None:
        self.name = name
        self.root = Part(value, "")
        self.views = Views(value, dialect)

    def follow(self, part: Part) -> Part:
        """The object behind a reference; the part itself where there is none."""
        for _ in range(16):
            reference = part.value.get("$ref")
            if not isinstance(reference, str):
                break
            found = self.views.index.resolve(reference, part.value)
            if found is None or not is_object(found.raw):
                break
            part = Part(found.raw, found.pointer)
        return part


@dataclass
class Api:
    """The comparison while it runs."""

    old: Side
    new: Side
    policy: Policy
    crawl: Crawl = field(init=False)
    roots: dict[Key, list[str]] = field(default_factory=dict)
    found: dict[str, Finding] = field(default_factory=dict)
    operations: dict[str, list[str]] = field(default_factory=dict)
    experimental: set[str] = field(default_factory=set)
    """Operations that never promised to stay: what only they see is no breakage."""

    def __post_init__(self) -> None:
        checks = (*CHECKS, checks_notes.PropertyLifecycles(self.policy))
        self.crawl = Crawl(self.old.views, self.new.views, checks)

    def report(
        self,
        identity: str,
        old: Part | None,
        new: Part | None,
        operation: str = "",
        /,
        **words: Any,
    ) -> None:
        """Record a finding about the API itself."""
        made = findings.make(
            rule(identity), old.pointer if old else "", new.pointer if new else "", **words
        )
        self.found.setdefault(made.fingerprint, made)
        if operation:
            self.operations.setdefault(made.fingerprint, []).append(operation)

    def schemas(self, old: Sub | None, new: Sub | None, context: Context, operation: str) -> None:
        """Have two schemas compared for an operation."""
        if old is None or new is None:
            return
        key = self.crawl.compare(old, new, context)
        if key is not None:
            self.roots.setdefault(key, []).append(operation)

    def unresolved(self, side: Side, part: Part) -> bool:
        """Note a reference that leads nowhere."""
        reference = part.value.get("$ref")
        if not isinstance(reference, str):
            return False
        message = f"{reference} cannot be resolved inside the document"
        self.crawl.skip(side.name, part.pointer, message)
        return True
