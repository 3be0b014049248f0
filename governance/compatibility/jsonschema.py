"""Compare two JSON Schemas: proof first, then a witness, then the rules that name the change."""

from dataclasses import dataclass, replace
from typing import Any

from governance.compatibility import (
    api,
    findings,
    induction,
    local_witness,
    proof,
    room,
    rules,
    spelling,
    witness,
)
from governance.compatibility.crawl import Context, Crawl, Key
from governance.compatibility.documents import Document
from governance.compatibility.findings import MISSING, Finding, NotChecked
from governance.compatibility.policies import Policy
from governance.compatibility.proof import Containment, Schema
from governance.compatibility.references import Sub
from governance.compatibility.rules import PLACES, Level
from governance.compatibility.standalone import standalone
from governance.compatibility.views import Views

DRAFT7 = "draft-07"
NEWEST = "https://json-schema.org/draft/2020-12/schema"
SECOND_LOOK = 300
"""Payloads tried against a proof: a payload outweighs it."""
Shapes = tuple[list[Finding], Crawl, Key | None]
"""What the shapes alone say, and how it was found."""
PLACE = {"backward": "schema", "forward": "reader"}


@dataclass(frozen=True)
class Judgement:
    """What was found out about one direction."""

    findings: list[Finding]
    skipped: list[NotChecked]
    proven: bool


def compare(old: Document, new: Document, mode: str, policy: Policy) -> Judgement:
    """`mode` is backward, forward or full."""
    modes = ("backward", "forward") if mode == "full" else (mode,)
    parts = [_one_way(old, new, way) for way in modes]
    return Judgement(
        [finding for part in parts for finding in part.findings],
        [place for part in parts for place in part.skipped],
        all(part.proven for part in parts),
    )


def _one_way(old: Document, new: Document, way: str) -> Judgement:
    dialects = _dialect(old.value), _dialect(new.value)
    shapes = crawled(old.value, new.value, way, dialects)
    left, right = aligned(*lifted(old.value, new.value, dialects))
    before, after = Schema(left), Schema(right)
    levels = max(before.depth, after.depth)
    return room.roomy(levels, lambda: _judged(before, after, way, shapes))


def _judged(before: Schema, after: Schema, way: str, shapes: Shapes) -> Judgement:
    structural, crawl, root = shapes
    accepting, refusing = (before, after) if way == "backward" else (after, before)
    answer = contained(accepting, refusing)
    tries = SECOND_LOOK if answer is Containment.YES else witness.MAX_TRIES
    found = witness.find(accepting, refusing, tries=tries)
    if found is MISSING and answer is not Containment.YES and root is not None:
        found = local_witness.whole(crawl, root, accepting, refusing)
    if answer is Containment.YES and found is MISSING:
        return Judgement([_harmless(finding) for finding in structural], [], proven=True)
    if found is not MISSING:
        return Judgement(_proven_by(found, structural, refusing, way), [], proven=True)
    sound = not (accepting.problem or refusing.problem)
    if sound and root is not None and induction.holds(crawl, root):
        return Judgement(structural, [], proven=True)
    grave = any(finding.level is Level.BREAKING for finding in structural)
    if answer is Containment.NO and grave:
        return Judgement(structural, [], proven=True)
    return Judgement(
        [_doubtful(finding) for finding in structural], _why(crawl, accepting, refusing), False
    )


def crawled(old: Any, new: Any, way: str, dialects: tuple[str, str]) -> Shapes:
    """Findings about the shapes alone."""
    crawl = Crawl(Views(old, dialects[0]), Views(new, dialects[1]), api.CHECKS)
    key = crawl.compare(Sub(old, ""), Sub(new, ""), Context(PLACE[way]))
    return (crawl.collect(crawl.spread({key: []})) if key else []), crawl, key


def _dialect(value: Any) -> str:
    named = value.get("$schema", "") if isinstance(value, dict) else ""
    return "draft7" if DRAFT7 in str(named) else "2020-12"


def lifted(old: Any, new: Any, dialects: tuple[str, str]) -> tuple[Any, Any]:
    """Both sides in the newest dialect where they speak different ones."""
    if dialects[0] == dialects[1] or isinstance(old, bool) or isinstance(new, bool):
        return old, new
    made = [
        standalone(Views(value, dialect), Sub(value, ""))
        for value, dialect in zip((old, new), dialects, strict=True)
    ]
    return (made[0], made[1]) if None not in made else (old, new)


def aligned(old: Any, new: Any) -> tuple[Any, Any]:
    """Boolean schemas speak the dialect of the other side."""
    named = next(
        (side["$schema"] for side in (old, new) if isinstance(side, dict) and "$schema" in side),
        NEWEST,
    )
    return _as_object(old, named), _as_object(new, named)


def _as_object(side: Any, dialect: str) -> Any:
    if not isinstance(side, bool):
        return side
    return {"$schema": dialect} if side else {"$schema": dialect, "not": {}}


def contained(accepting: Schema, refusing: Schema) -> Containment:
    """Is all that one accepts accepted by the other?"""
    if spelling.alike(accepting.value, refusing.value) or anything(refusing.value):
        return Containment.YES
    return proof.covers(refusing, accepting)


SILENT = {"$schema", "$id", "$comment", "title", "description", "examples", "default", "$defs",
          "definitions", "deprecated", "readOnly", "writeOnly"}  # fmt: skip


def anything(schema: Any) -> bool:
    """A schema without any demand."""
    return schema is True or (isinstance(schema, dict) and not (schema.keys() - SILENT))


def _harmless(finding: Finding) -> Finding:
    """Containment is proven: what looks like breakage is a rewrite. Meaning is not shape."""
    meant = finding.rule.startswith(MEANT)
    if meant or finding.level in (Level.SAFE, Level.INFO):
        return finding
    if "-format-changed" in finding.rule:
        return replace(finding, level=Level.RISKY)
    return replace(finding, level=Level.SAFE, message=f"{finding.message} (proven harmless)")


MEANT = tuple(
    f"{place}-{name}-changed" for place in PLACE.values() for name in rules.EVENTS_OF_MEANING
)


def _doubtful(finding: Finding) -> Finding:
    if finding.rule.startswith(MEANT) or finding.level is not Level.BREAKING:
        return finding
    return replace(finding, level=Level.RISKY)


def _proven_by(found: Any, structural: list[Finding], refusing: Schema, way: str) -> list[Finding]:
    """The witness goes to the finding that explains it best; without one, it gets its own."""
    keyword, place, message = refusing.refusal(found) or ("", "", "")
    grave = [finding for finding in structural if finding.level is Level.BREAKING]
    if not grave:
        return [*structural, _own_finding(found, way, place, message)]
    best = max(grave, key=lambda finding: local_witness.likeness(finding, keyword, place))
    return [
        replace(finding, witness=found) if finding is best else finding for finding in structural
    ]


def _own_finding(found: Any, way: str, place: str, message: str) -> Finding:
    rule = rules.schema_rule(PLACES[PLACE[way]], "narrowed")
    made = findings.make(rule, "", "", new=f"{place or '/'}: {message[:200]}")
    return replace(made, witness=found)


def _why(crawl: Crawl, accepting: Schema, refusing: Schema) -> list[NotChecked]:
    """Places that were not understood."""
    places = list(crawl.not_checked.values())
    for schema in (accepting, refusing):
        if schema.problem:
            places.append(NotChecked("both", "", schema.problem))
    reason = "neither a proof of containment nor a payload against it was found"
    return places or [NotChecked("both", "", reason)]
