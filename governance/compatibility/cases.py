"""One case as data in, one answer as data out: files, batches, services and REST share it."""

from dataclasses import replace
from typing import Any

from governance.compatibility.engine import Document, compare, load
from governance.compatibility.findings import Comparison
from governance.compatibility.policies import Policy
from governance.compatibility.reading import BadDocument

PERSPECTIVES = ("consumer", "producer")


class BadSide(Exception):
    """One of the two documents cannot be read."""

    def __init__(self, side: str, error: BadDocument) -> None:
        self.side = side
        self.error = error
        super().__init__(f"{side}: {error}")


def load_side(side: str, content: Any, kind: str | None) -> Document:
    """A document, or BadSide naming which of the two is wrong."""
    if not isinstance(content, dict | list | bool | str | bytes):
        raise BadSide(side, BadDocument("a document is an object, true, false or a text"))
    try:
        return load(content, kind)
    except BadDocument as error:
        raise BadSide(side, error) from error


def judge(old: Any, new: Any, kind: str | None, mode: str, policy: Policy) -> Comparison:
    """Load both sides and compare them; BadSide where that cannot be."""
    before, after = load_side("old", old, kind), load_side("new", new, kind)
    try:
        return compare(before, after, mode=mode, policy=policy)
    except BadDocument as error:
        raise BadSide("new", error) from error


def answer(case: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """The answer to `{"id", "kind", "old", "new", "mode"?, "perspective"?}`."""
    named = {"id": case.get("id")}
    perspective = case.get("perspective") or policy.perspective
    if perspective not in PERSPECTIVES:
        message = f"no such perspective {perspective!r}: consumer or producer"
        return named | {"error": {"side": "case", "pointer": "/perspective", "message": message}}
    rules = replace(policy, perspective=perspective)
    mode = str(case.get("mode") or "backward")
    try:
        result = judge(case.get("old"), case.get("new"), case.get("kind"), mode, rules)
    except BadSide as bad:
        return named | {"error": error_of(bad)}
    return named | result.to_dict()


def error_of(bad: BadSide) -> dict[str, Any]:
    found = {"side": bad.side, "pointer": bad.error.pointer, "message": bad.error.message}
    return found if bad.error.line is None else found | {"line": bad.error.line}
