"""Choices, exclusions and conditions: anyOf, oneOf, not, if, and what allOf names."""

import functools
from collections.abc import Callable

from governance.compatibility import limits, proof
from governance.compatibility.crawl import Context, Crawl, Pair, note
from governance.compatibility.findings import UNNAMED
from governance.compatibility.proof import Containment, Schema
from governance.compatibility.references import Sub
from governance.compatibility.rules import Level
from governance.compatibility.standalone import standalone
from governance.compatibility.views import View, Views

EVENT = {"anyOf": "any-of", "oneOf": "one-of"}
HARMLESS = {"description", "title", "discriminator"}


def name_of(sub: Sub) -> str:
    """The component that a branch names, or nothing."""
    reference = sub.raw.get("$ref") if isinstance(sub.raw, dict) else None
    return reference if isinstance(reference, str) else ""


def check_wrapping(crawl: Crawl, pair: Pair) -> bool:
    """One side is a choice, the other is not: True if that settles the pair."""
    for key in ("oneOf", "anyOf"):
        old, new = pair.old.choices.get(key), pair.new.choices.get(key)
        if new and not pair.old.choices and bare(pair.new) and not bare(pair.old):
            _wrapped(crawl, pair, key, new[0])
            return True
        if old and not pair.new.choices and bare(pair.old) and not bare(pair.new):
            _unwrapped(crawl, pair, key, old[0])
            return True
    return False


def bare(view: View) -> bool:
    """Nothing but a choice."""
    substance = view.types or view.properties or view.subs or view.required or view.prefix
    words = {key for key in view.words if not key.startswith("x-")} - HARMLESS
    return not substance and not words


def _wrapped(crawl: Crawl, pair: Pair, key: str, branches: list[Sub]) -> None:
    plain = Sub(pair.old.raw, pair.old.pointer)
    test = crawl.equal if key == "oneOf" else functools.partial(harmless, crawl)
    match = next((sub for sub in branches if test(plain, sub, pair.context)), None)
    if match is not None:
        for sub in branches:
            if sub is not match:
                note(pair, f"{EVENT[key]}-added", new_at=sub.pointer, new=label(sub))
        crawl.child(pair, plain, match, pair.context)
    elif still_fits(crawl, pair):
        note(pair, f"{EVENT[key]}-added", new_at=branches[0].pointer, new="alternatives")
    else:
        note(pair, f"wrapped-in-{EVENT[key]}", new_at=branches[0].pointer.rpartition("/")[0])


def _unwrapped(crawl: Crawl, pair: Pair, key: str, branches: list[Sub]) -> None:
    plain = Sub(pair.new.raw, pair.new.pointer)
    match = next(
        (sub for sub in branches if harmless(crawl, sub, plain, pair.context)),
        None,
    )
    if match is not None:
        for sub in branches:
            if sub is not match:
                note(pair, f"{EVENT[key]}-removed", old_at=sub.pointer, old=label(sub))
        crawl.child(pair, match, plain, pair.context)
    elif not still_fits(crawl, pair):
        note(pair, "unwrapped", old_at=branches[0].pointer.rpartition("/")[0])


def harmless(crawl: Crawl, old: Sub, new: Sub, context: Context) -> bool:
    """Does going from one to the other break nothing?"""
    found = crawl.reachable(crawl.compare(old, new, context))
    return all(finding.level in (Level.SAFE, Level.INFO) for finding in found)


def still_fits(crawl: Crawl, pair: Pair) -> bool:
    """Proven: what was sent is still accepted, what is received was expected."""
    old = schema_of(crawl.old, pair.old, limits.MAX_LOCAL_NODES)
    new = schema_of(crawl.new, pair.new, limits.MAX_LOCAL_NODES)
    if old is None or new is None:
        return False
    wide, narrow = (old, new) if pair.context.receives else (new, old)
    return proof.covers(wide, narrow) is Containment.YES


def schema_of(views: Views, view: View, room: int = limits.MAX_PROOF_NODES) -> Schema | None:
    """The schema behind a view on its own; None where it cannot stand alone."""
    value = standalone(views, Sub(view.raw, view.pointer), room)
    return None if value is None else Schema(value)


def label(sub: Sub) -> str:
    """What a branch is called."""
    named = name_of(sub).rpartition("/")[2]
    title = sub.raw.get("title") if isinstance(sub.raw, dict) else None
    return named or (title if isinstance(title, str) else "") or f"{UNNAMED}{sub.pointer}"


def check_choices(crawl: Crawl, pair: Pair) -> None:
    for key in ("anyOf", "oneOf"):
        old = pair.old.choices.get(key, [])
        new = pair.new.choices.get(key, [])
        for before, after in zip(old, new, strict=False):
            _branches(crawl, pair, key, before, after)
        if len(old) != len(new) and not still_fits(crawl, pair):
            _lone(pair, key, old[len(new) :], new[len(old) :])


def _lone(pair: Pair, key: str, old: list[list[Sub]], new: list[list[Sub]]) -> None:
    """A choice that came or went beside other demands, or changed its kind."""
    if any(pair.new.choices.values()) and any(pair.old.choices.values()):
        if key == "oneOf":
            note(pair, "wrapped-in-one-of" if new else "unwrapped")
    elif new:
        note(pair, f"wrapped-in-{EVENT[key]}", new_at=new[0][0].pointer.rpartition("/")[0])
    elif pair.context.receives or pair.context.row.strict:
        note(pair, "unwrapped", old_at=old[0][0].pointer.rpartition("/")[0])


def _branches(crawl: Crawl, pair: Pair, key: str, old: list[Sub], new: list[Sub]) -> None:
    matched, gone, come = match(crawl, old, new, pair.context)
    for before, after in matched:
        crawl.child(pair, before, after)
    for sub in gone:
        note(pair, f"{EVENT[key]}-removed", old_at=sub.pointer, old=label(sub))
    for sub in come:
        note(pair, f"{EVENT[key]}-added", new_at=sub.pointer, new=label(sub))


Matched = list[tuple[Sub, Sub]]


def match(
    crawl: Crawl, old: list[Sub], new: list[Sub], context: Context
) -> tuple[Matched, list[Sub], list[Sub]]:
    """Which branch became which: by name, text, title or meaning; the rest went or came."""
    inner = context.inner
    tests = (
        lambda a, b: name_of(a) == name_of(b) != "",
        crawl.sameness.same,
        lambda a, b: _key(crawl.old, a) == _key(crawl.new, b) != "",
        lambda a, b: crawl.equal(a, b, inner),
    )
    matched: Matched = []
    gone, come = list(old), list(new)
    for position, test in enumerate(tests):
        if position == len(tests) - 1 and len(gone) * len(come) > limits.MAX_BRANCHES:
            break
        matched += _take(gone, come, test)
    unnamed = not any(name_of(sub) for sub in (*gone, *come))
    if len(gone) == len(come) and (unnamed or len(old) == len(new) == 1):
        matched += zip(gone, come, strict=True)
        gone, come = [], []
    return matched, gone, come


def _take(gone: list[Sub], come: list[Sub], test: object) -> Matched:
    """Pairs that pass a test, removed from both lists."""
    found: Matched = []
    for before in list(gone):
        after = next((sub for sub in come if test(before, sub)), None)  # type: ignore[operator]
        if after is not None:
            found.append((before, after))
            gone.remove(before)
            come.remove(after)
    return found


def _key(views: Views, sub: Sub) -> str:
    """What tells a branch apart: its title, or the one value of a discriminating property."""
    view = views.view(sub)
    raw = view.raw
    if isinstance(raw, dict) and isinstance(raw.get("title"), str):
        return f"title {raw['title']}"
    for name in sorted(view.required):
        if name in view.properties:
            words = views.view(view.properties[name]).words
            values = [words["const"]] if "const" in words else words.get("enum")
            if isinstance(values, list) and len(values) == 1:
                return f"{name}={values[0]!r}"
    if view.types and not (view.properties or view.words):
        return f"type {sorted(view.types)}"
    return ""


def check_not(crawl: Crawl, pair: Pair) -> None:
    old, new = list(pair.old.nots), list(pair.new.nots)
    _take(old, new, crawl.sameness.same)
    _take(old, new, lambda a, b: crawl.equal(a, b, pair.context.inner))
    if not old and not new:
        return
    if old and new:
        if not still_fits(crawl, pair):
            note(pair, "not-changed", old_at=old[0].pointer, new_at=new[0].pointer)
        return
    for sub in new:
        note(pair, "not-added", new_at=sub.pointer)
    for sub in old:
        note(pair, "not-removed", old_at=sub.pointer)


def check_conditions(crawl: Crawl, pair: Pair) -> None:
    old, new = _unlike(crawl, pair)
    for place in range(max(len(old), len(new))):
        before = old[place] if place < len(old) else {}
        after = new[place] if place < len(new) else {}
        for key in ("if", "then", "else"):
            if key in before and key in after:
                crawl.child(pair, before[key], after[key])
            elif key in before:
                note(pair, f"{key}-removed", old_at=before[key].pointer)
            elif key in after:
                note(pair, f"{key}-added", new_at=after[key].pointer)


Conditions = list[dict[str, Sub]]


def _unlike(crawl: Crawl, pair: Pair) -> tuple[Conditions, Conditions]:
    """Conditions that the other side does not have in any place."""
    old, new = list(pair.old.conditions), list(pair.new.conditions)
    for test in (crawl.sameness.same, lambda a, b: crawl.equal(a, b, pair.context.inner)):
        for before in list(old):
            after = next((one for one in new if _alike(before, one, test)), None)
            if after is not None:
                old.remove(before)
                new.remove(after)
    return old, new


def _alike(one: dict[str, Sub], other: dict[str, Sub], test: Callable[[Sub, Sub], bool]) -> bool:
    return one.keys() == other.keys() and all(test(one[key], other[key]) for key in one)


def check_members(crawl: Crawl, pair: Pair) -> None:
    """Named schemas that allOf gained or lost, and members without any demand."""
    old, new = pair.old.members, pair.new.members
    if not old and not new:
        return
    for views, mine, others, event, side in (
        (crawl.new, new, old, "added", "new_at"),
        (crawl.old, old, new, "removed", "old_at"),
    ):
        names = {name_of(sub) for sub in others} - {""}
        kept = any(name_of(sub) in names for sub in mine)
        for sub in mine:
            if views.view(sub).only_notes:
                spoken = isinstance(sub.raw, dict) and sub.raw
                if spoken and not any(sub.raw == other.raw for other in others):
                    note(pair, f"all-of-{event}-annotation-only", **{side: sub.pointer})
            elif kept and name_of(sub) and name_of(sub) not in names:
                note(pair, f"all-of-{event}", old=label(sub), new=label(sub), **{side: sub.pointer})


CHECKS = (check_choices, check_not, check_conditions, check_members)
