"""How much work a schema can make for those who evaluate it, told without doing the work."""

from collections.abc import Iterator
from typing import Any

from governance.compatibility import limits
from governance.compatibility.references import Index

HERE = ("allOf", "anyOf", "oneOf")
SINGLE = ("not", "if", "then", "else")
MAX_WORK = 20_000
"""Schemas that may look at one value."""
MAX_CASES = 200_000
"""Combinations of alternatives for one value."""
MAX_ENUM = 5_000
DEFINED = ("$defs", "definitions")


class Weigher:
    """Counts what looks at the same value, shared parts each time that they are referred to."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.work: dict[int, int] = {}
        self.cases: dict[int, int] = {}
        self.height: dict[int, int] = {}
        self.endless = False
        """Some schema refers to itself without looking inside the value."""

    def weigh(self, start: Any) -> None:
        """Work and cases of a schema and of all it applies to the same value, depth first."""
        stack: list[tuple[Any, bool]] = [(start, False)]
        open_now: set[int] = set()
        while stack:
            node, done = stack.pop()
            if not isinstance(node, dict) or (id(node) in self.work and not done):
                continue
            if done:
                open_now.discard(id(node))
                self._settle(node)
            elif id(node) in open_now:
                self.endless = True
            else:
                open_now.add(id(node))
                stack.append((node, True))
                stack.extend((inner, False) for inner in self._inner(node))

    def _inner(self, node: dict[str, Any]) -> list[Any]:
        found: list[Any] = [node[key] for key in SINGLE if key in node]
        for key in HERE:
            if isinstance(node.get(key), list):
                found.extend(node[key])
        if isinstance(node.get("dependentSchemas"), dict):
            found.extend(node["dependentSchemas"].values())
        for key in ("$ref", "$dynamicRef"):
            if isinstance(node.get(key), str):
                target = self.index.resolve(node[key], node)
                if target is not None:
                    found.append(target.raw)
        return found

    def _settle(self, node: dict[str, Any]) -> None:
        inner = self._inner(node)
        self.work[id(node)] = 1 + sum(self.work.get(id(part), 1) for part in inner)
        self.height[id(node)] = 1 + max((self.height.get(id(part), 0) for part in inner), default=0)
        cases = 1
        choices: set[int] = set()
        for key in ("anyOf", "oneOf"):
            if isinstance(node.get(key), list):
                choices.update(id(part) for part in node[key])
                cases *= sum(self.cases.get(id(part), 1) for part in node[key]) or 1
        for part in inner:
            if id(part) not in choices:
                cases *= self.cases.get(id(part), 1)
        self.cases[id(node)] = min(cases, 10**12)


def too_heavy(root: Any, index: Index) -> tuple[bool, bool]:
    """Too heavy to evaluate instances with, and too heavy to reason about."""
    weigher = Weigher(index)
    wide, letters = False, 0
    for node in reachable(root, index):
        weigher.weigh(node)
        wide = wide or _wide(node)
        letters += _letters(node)
    work = (
        weigher.endless
        or letters > limits.MAX_PATTERNS
        or max(weigher.work.values(), default=0) > MAX_WORK
        or max(weigher.height.values(), default=0) > limits.MAX_CHAIN
    )
    return work, work or wide or max(weigher.cases.values(), default=0) > MAX_CASES


def reachable(root: Any, index: Index) -> Iterator[dict[str, Any]]:
    """Schemas that instances can meet; what is only defined costs nothing."""
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, dict) and id(node) not in seen:
            seen.add(id(node))
            yield node
            stack.extend(part for key, part in node.items() if key not in DEFINED)
            for key in ("$ref", "$dynamicRef"):
                target = index.resolve(node[key], node) if isinstance(node.get(key), str) else None
                stack.extend([target.raw] if target else ())


def _wide(node: dict[str, Any]) -> bool:
    return isinstance(node.get("enum"), list) and len(node["enum"]) > MAX_ENUM


def _letters(node: dict[str, Any]) -> int:
    """Letters of the regular expressions of a schema; one that is too long is beyond any budget."""
    texts = [node["pattern"]] if isinstance(node.get("pattern"), str) else []
    if isinstance(node.get("patternProperties"), dict):
        texts.extend(node["patternProperties"])
    sizes = [len(text) for text in texts]
    too_long = max(sizes, default=0) > limits.MAX_PATTERN
    return limits.MAX_PATTERNS + 1 if too_long else sum(sizes)
