"""One case as data in, one answer as data out: files, batches, services and REST share it."""

import logging
from dataclasses import replace
from typing import Any

from governance.compatibility.documents import KINDS
from governance.compatibility.engine import MODES, Document, compare, load
from governance.compatibility.findings import Comparison, NotChecked
from governance.compatibility.policies import Policy
from governance.compatibility.reading import BadDocument

logger = logging.getLogger(__name__)

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
    except Exception as error:
        logger.exception("a document could not be read")
        message = f"reading it failed: {type(error).__name__}"
        raise BadSide(side, BadDocument(message)) from error


def judge(old: Any, new: Any, kind: str | None, mode: str, policy: Policy) -> Comparison:
    """Load both sides and compare them; BadSide where that cannot be.

    An engine that fails has checked nothing: that is never a promise, and never the end of a batch.
    """
    before, after = load_side("old", old, kind), load_side("new", new, kind)
    try:
        return compare(before, after, mode=mode, policy=policy)
    except BadDocument as error:
        raise BadSide("new", error) from error
    except Exception as error:
        logger.exception("a comparison failed")
        place = NotChecked("both", "", f"the comparison failed: {type(error).__name__}")
        return Comparison("not_checked", [], [place])


def answer(case: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """The answer to `{"id", "kind", "old", "new", "mode"?, "perspective"?}`."""
    named = {"id": case.get("id")}
    words: dict[str, tuple[Any, tuple[Any, ...]]] = {
        "kind": (case.get("kind"), (None, *KINDS)),
        "mode": (case.get("mode") or "backward", MODES),
        "perspective": (case.get("perspective") or policy.perspective, PERSPECTIVES),
    }
    for key, (word, known) in words.items():
        if word not in known:
            message = f"no such {key} {str(word)[:80]!r}: {', '.join(filter(None, known))}"
            return named | {"error": {"side": "case", "pointer": f"/{key}", "message": message}}
    rules = replace(policy, perspective=words["perspective"][0])
    kind, mode = words["kind"][0], words["mode"][0]
    try:
        result = judge(case.get("old"), case.get("new"), kind, mode, rules)
    except BadSide as bad:
        return named | {"error": error_of(bad)}
    return named | result.to_dict()


def error_of(bad: BadSide) -> dict[str, Any]:
    found = {"side": bad.side, "pointer": bad.error.pointer, "message": bad.error.message}
    return found if bad.error.line is None else found | {"line": bad.error.line}
