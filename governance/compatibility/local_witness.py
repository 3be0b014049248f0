"""Payloads for single findings: found at the place of the change, then built into a whole."""

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter
from typing import Any

from governance.compatibility import witness
from governance.compatibility.checks_choices import schema_of, still_fits
from governance.compatibility.crawl import Crawl, Key, Pair, Step, note
from governance.compatibility.findings import MISSING, Finding
from governance.compatibility.proof import Schema
from governance.compatibility.rules import Level
from governance.compatibility.schema_events import EVENTS, Effect
from governance.compatibility.values import Guesser
from governance.compatibility.views import View

MAX_PAIRS = 40
TRIES = 400
ROOM = 300
Path = list[tuple[Pair, Step]]


def grave(pair: Pair) -> list[Finding]:
    """Breaking findings about the shape: of a changed meaning there is no payload."""
    return [
        finding
        for finding in pair.findings
        if finding.level is Level.BREAKING and not _meant(finding, pair)
    ]


def _meant(finding: Finding, pair: Pair) -> bool:
    event = EVENTS.get(event_of(finding, pair))
    return event is not None and event.effect is Effect.MEANING


def event_of(finding: Finding, pair: Pair) -> str:
    """The event of a schema rule, without its place."""
    return finding.rule.removeprefix(f"{pair.context.row.prefix}-")


def local(crawl: Crawl, pair: Pair) -> tuple[Any, Schema | None]:
    """A payload that one side accepts and the other refuses, and the side that refuses."""
    old = schema_of(crawl.old, pair.old, ROOM)
    new = schema_of(crawl.new, pair.new, ROOM)
    if old is None or new is None:
        return MISSING, None
    accepting, refusing = (new, old) if pair.context.receives else (old, new)
    return witness.find(accepting, refusing, tries=TRIES), refusing


def likeness(finding: Finding, keyword: str, place: str) -> tuple[bool, int]:
    """How well a refusal explains a finding."""
    where = f"{finding.old_pointer} {finding.new_pointer} {finding.message}"
    named = keyword.lower() in where.lower() or keyword.lower() in finding.rule.replace("-", "")
    return named, sum(part in where for part in place.split("/") if part)


TURNS = ("added", "removed", "changed", "closed", "opened", "narrowed", "widened")
PROVABLE = {
    f"{name}-{turn}"
    for turn in TURNS
    for name in (
        "contains", "dependent-required", "dependent-schema", "property-names", "if", "then",
        "else", "not", "pattern-property", "unevaluated-items", "unevaluated-properties",
        "prefix-items", "additional-properties", "items",
    )
}  # fmt: skip
"""Events about keywords that interact: whether they matter is for containment to say."""


def acquit(crawl: Crawl, pair: Pair) -> None:
    """Lower findings about interacting keywords where nothing is refused that was accepted."""
    if not any(event_of(finding, pair) in PROVABLE for finding in grave(pair)):
        return
    if still_fits(crawl, pair):
        pair.findings[:] = [
            replace(finding, level=Level.SAFE, message=f"{finding.message} (proven harmless)")
            if finding.level is Level.BREAKING and event_of(finding, pair) in PROVABLE
            else finding
            for finding in pair.findings
        ]


def attach(crawl: Crawl, keys: list[Key]) -> None:
    """Give breaking findings of an API a payload of their schema, as far as the budget goes."""
    pairs = [crawl.pairs[key] for key in keys]
    for pair in [pair for pair in pairs if grave(pair)][:MAX_PAIRS]:
        if perf_counter() > crawl.ends:
            break
        acquit(crawl, pair)
        if not grave(pair):
            continue
        value, refusing = local(crawl, pair)
        refusal = refusing.refusal(value) if refusing and value is not MISSING else None
        if refusal is None:
            continue
        best = max(grave(pair), key=lambda finding: likeness(finding, *refusal[:2]))
        if any(likeness(best, *refusal[:2])) or len(grave(pair)) == 1:
            place = pair.findings.index(best)
            pair.findings[place] = replace(best, witness=value)


INTERPLAY = {"contains", "unevaluatedItems", "unevaluatedProperties"}


def _interplays(pair: Pair) -> bool:
    """Has it keywords that judge by what other keywords or several branches say?"""
    return any(
        "oneOf" in view.choices
        or view.nots
        or view.patterns
        or view.prefix
        or view.conditions
        or view.subs.keys() & INTERPLAY
        for view in (pair.old, pair.new)
    )


def overlap(crawl: Crawl, keys: list[Key]) -> None:
    """Harmless changes may add up: alternatives overlap, or what was counted no longer is."""
    pairs = [crawl.pairs[key] for key in keys]
    for pair in [pair for pair in pairs if _interplays(pair) and not grave(pair)][:MAX_PAIRS]:
        value, _ = local(crawl, pair)
        below = crawl.reachable((id(pair.old), id(pair.new), pair.context))
        if value is not MISSING and all(finding.level is not Level.BREAKING for finding in below):
            note(pair, "interplay")
            pair.findings[-1] = replace(pair.findings[-1], witness=value)


def whole(crawl: Crawl, root: Key, accepting: Schema, refusing: Schema) -> Any:
    """A payload of the whole schema, built round one of a changed part; MISSING if none holds."""
    if accepting.problem or refusing.problem:
        return MISSING
    for path, pair in paths(crawl, root):
        value, _ = local(crawl, pair)
        if value is MISSING:
            continue
        for variant in range(3):
            built = build(crawl, path, value, variant)
            if built is not MISSING and accepting.accepts(built) and not refusing.accepts(built):
                return built
    return MISSING


def paths(crawl: Crawl, root: Key) -> Iterator[tuple[Path, Pair]]:
    """Ways from the root to the pairs that break, the nearest first."""
    ways: dict[Key, Path] = {root: []}
    queue, shown = [root], 0
    for key in queue:
        pair = crawl.pairs[key]
        if grave(pair) and shown < MAX_PAIRS:
            shown += 1
            yield ways[key], pair
        for child in pair.children:
            step = pair.steps.get(child)
            if child not in ways and step is not None:
                ways[child] = [*ways[key], (pair, step)]
                queue.append(child)


def build(crawl: Crawl, path: Path, value: Any, variant: int) -> Any:
    """The payload from the inside out."""
    for pair, step in reversed(path):
        views = crawl.new if pair.context.receives else crawl.old
        view = pair.new if pair.context.receives else pair.old
        if step is None or step[0] == "same":
            continue
        bases = Guesser(views.index).guess(view.raw)
        value = _held(bases, step, value, variant, view)
        if value is MISSING:
            return MISSING
    return value


def _held(bases: list[Any], step: tuple[str, Any], value: Any, variant: int, view: View) -> Any:
    """The value inside an object or a list that its schema probably accepts."""
    name, place = step
    if name == "property":
        fitting = [base for base in bases if isinstance(base, dict)] or [{}]
        return {**fitting[variant % len(fitting)], place: value}
    lists = [base for base in bases if isinstance(base, list) and len(base) > place]
    fitting = lists[variant % len(lists)] if lists else [value] * (place + 1)
    if place >= len(view.prefix):
        size = max(len(fitting), place + 1)
        return [*fitting[:place], *([value] * (size - place))][: size if lists else place + 1]
    return [*fitting[:place], value, *fitting[place + 1 :]]
