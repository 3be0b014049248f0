"""Two documents walked side by side: every pair of schemas is compared once.

Pairs are kept by (old, new, context). Edges between pairs and from operations to pairs tell, at the
end, which operations a finding reaches. No recursion: cycles and depth cost nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, NamedTuple

from governance.compatibility import findings, limits, rules
from governance.compatibility.findings import Finding, NotChecked
from governance.compatibility.references import Sub
from governance.compatibility.rules import PLACES, Direction, Place
from governance.compatibility.sameness import Sameness
from governance.compatibility.views import View, Views

Key = tuple[int, int, "Context"]
Step = tuple[str, Any] | None
"""`property` and its name, `item` and its place, `same` for the value itself; None: no way."""
SAME: Step = ("same", None)
Check = Callable[["Crawl", "Pair"], object]
"""Looks at a pair; a true answer says that there is nothing more to look at."""


class Context(NamedTuple):
    """How a pair is judged."""

    place: str
    guarded: bool = False
    """The value does not travel this way: readOnly in a request, writeOnly in a response."""
    loose: bool = False
    """The medium has no types of its own (text, XML, a query string)."""

    @property
    def row(self) -> Place:
        return PLACES[self.place]

    @property
    def inner(self) -> "Context":
        return self._replace(place=self.row.inner)

    @property
    def receives(self) -> bool:
        """The client reads the value."""
        return self.row.direction in (Direction.RESPONSE, Direction.FORWARD)


@dataclass(eq=False, slots=True)
class Pair:
    """Two views and what their own difference says."""

    old: View
    new: View
    context: Context
    findings: list[Finding] = field(default_factory=list)
    children: list[Key] = field(default_factory=list)
    steps: dict[Key, "Step"] = field(default_factory=dict)
    """How a payload leads from this pair to each child."""
    changed: list[str] = field(default_factory=list)
    """Properties on both sides that are not byte for byte the same."""


class Crawl:
    """The pairs of one comparison."""

    def __init__(self, old: Views, new: Views, checks: Iterable[Check]) -> None:
        self.old, self.new = old, new
        self.checks = tuple(checks)
        self.sameness = Sameness(
            old.index.root, new.index.root, same_dialect=old.dialect == new.dialect
        )
        self.pairs: dict[Key, Pair] = {}
        self.queue: list[Key] = []
        self.settled: set[Key] = set()
        self.names: list[str] = []
        self.not_checked: dict[tuple[str, str], NotChecked] = {}
        self.ends = perf_counter() + limits.MAX_SECONDS

    def compare(self, old: Sub, new: Sub, context: Context) -> Key | None:
        """Note that a pair is to be compared; None where nothing changed."""
        if self.sameness.same(old, new):
            return None
        left, right = self.old.view(old), self.new.view(new)
        key = (id(left), id(right), context)
        if key not in self.pairs:
            if len(self.pairs) >= limits.MAX_PAIRS:
                self.skip("both", new.pointer, "more pairs of schemas than the budget allows")
                return None
            self.pairs[key] = Pair(left, right, context)
            self.queue.append(key)
        return key

    def child(
        self,
        pair: Pair,
        old: Sub,
        new: Sub,
        context: Context | None = None,
        *,
        step: Step = SAME,
    ) -> None:
        """Compare inside a pair."""
        key = self.compare(old, new, context or pair.context.inner)
        if key is not None:
            pair.children.append(key)
            pair.steps.setdefault(key, step)

    def run(self) -> None:
        while self.queue:
            self.settle(self.queue.pop())

    def settle(self, key: Key) -> Pair:
        """Look at a pair once; what it leads to waits for its turn."""
        pair = self.pairs[key]
        if key in self.settled:
            return pair
        self.settled.add(key)
        if perf_counter() > self.ends:
            self.skip("both", pair.new.pointer, "more time than the budget allows")
            self.queue.clear()
            return pair
        self._unresolved(pair)
        for check in self.checks:
            if check(self, pair):
                break
        return pair

    def _unresolved(self, pair: Pair) -> None:
        for place, reference in pair.old.unresolved:
            self.skip("old", place, f"{reference} cannot be resolved inside the document")
        for place, reference in pair.new.unresolved:
            self.skip("new", place, f"{reference} cannot be resolved inside the document")

    def skip(self, side: Any, pointer: str, message: str) -> None:
        self.not_checked.setdefault((side, pointer), NotChecked(side, pointer, message))

    def equal(self, old: Sub, new: Sub, context: Context) -> bool:
        """Is there no difference of any weight, here or below?"""
        return not self.reachable(self.compare(old, new, context))

    def reachable(self, start: Key | None) -> list[Finding]:
        """Findings of a pair and of all below it, and of nothing else that is still waiting."""
        if start is None:
            return []
        seen, stack, found = {start}, [start], []
        while stack:
            pair = self.settle(stack.pop())
            found.extend(pair.findings)
            for key in pair.children:
                if key not in seen:
                    seen.add(key)
                    stack.append(key)
        return found

    def spread(self, roots: dict[Key, list[str]]) -> dict[Key, int]:
        """All pairs below some root, each with the operations that reach it, as bits."""
        self.run()
        self.names = list(dict.fromkeys(name for listed in roots.values() for name in listed))
        bits = {name: 1 << place for place, name in enumerate(self.names)}
        reach = {key: sum(bits[name] for name in set(listed)) for key, listed in roots.items()}
        wave = dict.fromkeys(roots)
        while wave:
            later: dict[Key, None] = {}
            for key in wave:
                mask = reach[key]
                for child in self.pairs[key].children:
                    held = reach.get(child, 0)
                    if held | mask != held or child not in reach:
                        reach[child] = held | mask
                        later[child] = None
            wave = later
        return reach

    def collect(self, reach: dict[Key, int]) -> list[Finding]:
        """One finding per fingerprint, with the operations of all its pairs."""
        touched: dict[str, int] = {}
        kept: dict[str, Finding] = {}
        for key, mask in reach.items():
            for finding in self.pairs[key].findings:
                held = kept.get(finding.fingerprint)
                if held is None or finding.has_witness:
                    kept[finding.fingerprint] = finding
                touched[finding.fingerprint] = touched.get(finding.fingerprint, 0) | mask
        room = max(limits.MIN_NAMED, limits.MAX_NAMED // max(len(kept), 1))
        listed = {mask: self._named(mask, room) for mask in set(touched.values())}
        return [
            replace(finding, operations=listed[touched[name]]) for name, finding in kept.items()
        ]

    def _named(self, mask: int, room: int) -> tuple[str, ...]:
        """The operations of a mask, and how many more there are where they are too many to name."""
        bits = bin(mask)[:1:-1]
        names = [name for name, bit in zip(self.names, bits, strict=False) if bit == "1"]
        more = len(names) - room
        return (*names[:room], f"and {more} more") if more > 0 else tuple(names)


def note(
    pair: Pair, event: str, keyword: str = "", *, old_at: str = "", new_at: str = "", **words: Any
) -> None:
    """Record that something changed between the two views of a pair."""
    rule = rules.schema_rule(pair.context.row, event, guarded=pair.context.guarded)
    pair.findings.append(
        findings.make(
            rule,
            old_at or pair.old.place(keyword),
            new_at or pair.new.place(keyword),
            **words,
        )
    )
