"""The engine's door: documents in, findings out. Pure: no database, no network, no clock."""

from collections.abc import Sequence
from typing import Any

from governance.compatibility import (
    documents,
    grading,
    jsonschema,
    odcs,
    openapi,
    places,
    validity,
)
from governance.compatibility.documents import Document
from governance.compatibility.findings import Comparison, Finding, NotChecked
from governance.compatibility.policies import Policy
from governance.compatibility.reading import BadDocument

__all__ = ["BadDocument", "Comparison", "Document", "Finding", "Policy", "compare", "load"]
MODES = ("backward", "forward", "full")


def load(
    content: bytes | str | dict[str, Any] | list[Any] | bool, kind: str | None = None
) -> Document:
    """Read JSON or YAML 1.2; BadDocument names what is wrong, its pointer and its line."""
    value, text, is_yaml = documents.read(content)
    document = Document(documents.as_kind(kind, value), value, text, is_yaml)
    try:
        REQUIRE[document.kind](value)
    except BadDocument as error:
        line = document.line(error.pointer)
        raise BadDocument(error.message, error.pointer, line) from error
    return document


REQUIRE = {
    "openapi": validity.require_openapi,
    "json-schema": validity.require_json_schema,
    "odcs": validity.require_odcs,
}
"""What a value must be, by kind, before it is compared."""


def compare(
    old: Document, new: Document, *, mode: str = "backward", policy: Policy | None = None
) -> Comparison:
    """What the step from `old` to `new` does to those who rely on `old`."""
    if old.kind != new.kind:
        raise BadDocument(f"a document of kind {old.kind} and one of kind {new.kind}")
    if mode not in MODES:
        raise BadDocument(f"no such mode {mode!r}: backward, forward or full")
    try:
        return COMPARE[old.kind](old, new, mode, policy or Policy())
    except RecursionError:
        place = NotChecked("both", "", "schemas are nested in each other beyond the budget")
        return Comparison("not_checked", [], [place])


def _json_schema(old: Document, new: Document, mode: str, policy: Policy) -> Comparison:
    judged = jsonschema.compare(old, new, mode, policy)
    found = places.settled(judged.findings, old.value, new.value)
    return grading.grade(found, judged.skipped, policy, proven=judged.proven)


def _openapi(old: Document, new: Document, mode: str, policy: Policy) -> Comparison:
    """Forward: may clients of the new version use the old one?"""
    found: list[Finding] = []
    skipped: list[NotChecked] = []
    for way in ("backward", "forward") if mode == "full" else (mode,):
        sides = (old, new) if way == "backward" else (new, old)
        some, open_ones = openapi.compare(*sides, policy)
        found.extend(some if way == "backward" else map(openapi.mirrored, some))
        skipped.extend(open_ones)
    return grading.grade(places.settled(found, old.value, new.value), skipped, policy)


def _odcs(old: Document, new: Document, mode: str, policy: Policy) -> Comparison:
    found: list[Finding] = []
    skipped: list[NotChecked] = []
    for way in ("backward", "forward") if mode == "full" else (mode,):
        sides = (old, new) if way == "backward" else (new, old)
        some, open_ones = odcs.compare(*sides, policy.perspective)
        found.extend(some if way == "backward" else map(openapi.mirrored, some))
        skipped.extend(open_ones)
    return grading.grade(places.settled(found, old.value, new.value), skipped, policy)


COMPARE = {"openapi": _openapi, "json-schema": _json_schema, "odcs": _odcs}


def compare_history(
    versions: Sequence[Document], *, mode: str = "backward", policy: Policy | None = None
) -> list[Comparison]:
    """Transitive: the newest version against every earlier one, the latest first."""
    newest = versions[-1]
    return [compare(old, newest, mode=mode, policy=policy) for old in reversed(versions[:-1])]
