"""The search for a payload that one schema accepts and the other refuses."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, islice
from time import perf_counter
from typing import Any

from governance.compatibility import limits, proof
from governance.compatibility.findings import MISSING
from governance.compatibility.proof import Schema
from governance.compatibility.samples import matching
from governance.compatibility.values import (
    ANY,
    BORDERS,
    NUMBER,
    Guesser,
    count,
    plain_number,
    unique,
)

MAX_TRIES = 6_000
ATOMS = 40
NAMES = 14
COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
          "minContains", "maxContains")  # fmt: skip


def find(accepting: Schema, refusing: Schema, *, tries: int = MAX_TRIES) -> Any:
    """An instance that `accepting` accepts and `refusing` does not, or MISSING."""
    if accepting.problem or refusing.problem:
        return MISSING
    ends = perf_counter() + limits.MAX_SEARCH_SECONDS
    for value in islice(candidates(accepting, refusing), tries):
        if perf_counter() > ends:
            break
        if not refusing.accepts(value) and accepting.accepts(value):
            return value
    return MISSING


def candidates(accepting: Schema, refusing: Schema) -> Iterator[Any]:
    """Guesses, the most promising first."""
    gap = proof.difference(accepting, refusing)
    if gap is not None:
        yield from Guesser(Schema(gap).index).guess(gap)
    mine = Guesser(accepting.index).guess(accepting.value)
    yield from mine
    theirs = Guesser(refusing.index).guess(refusing.value)
    yield from theirs
    pool = Pool()
    pool.harvest(accepting.value)
    pool.harvest(refusing.value)
    yield from pool.atoms
    for value in (*mine, *theirs):
        yield from mutations(value, pool)
    yield from pool.composed()


class Pool:
    """The values and names that two schemas speak of."""

    def __init__(self) -> None:
        self.atoms: list[Any] = [value for values in ANY.values() for value in values]
        self.names: list[str] = []
        self.lengths: set[int] = set()
        self.halves: list[Any] = []

    def harvest(self, schema: Any) -> None:
        stack = [schema]
        while stack:
            node = stack.pop()
            if isinstance(node, dict):
                self._note(node)
                stack.extend(node.values())
            elif isinstance(node, list):
                stack.extend(node)
        self.atoms = unique(self.atoms, 8 * ATOMS)
        self.names = list(dict.fromkeys([*self.names, "other"]))

    def _note(self, node: dict[str, Any]) -> None:
        if "const" in node:
            self._value(node["const"])
        for value in node["enum"] if isinstance(node.get("enum"), list) else ():
            self._value(value)
        for key in (*BORDERS, "multipleOf"):
            if isinstance(node.get(key), NUMBER) and not isinstance(node[key], bool):
                border = Decimal(str(node[key]))
                steps = (0, 1, -1, Decimal("0.5"))
                self.atoms.extend(plain_number(border + step) for step in steps)
        self._between(node)
        for key in COUNTS:
            if key in node and (size := count(node, key, -1)) >= 0:
                self._length(size)
        if isinstance(node.get("pattern"), str):
            self.atoms.extend(matching(node["pattern"]))
        self._note_names(node)

    def _between(self, node: dict[str, Any]) -> None:
        """Numbers between the multiples of a step, on its own and above a border elsewhere."""
        step = node.get("multipleOf")
        if isinstance(step, NUMBER) and not isinstance(step, bool) and step:
            half = Decimal(str(step)) / 2
            whole = [Decimal(value) for value in self.atoms if type(value) is int]
            self.halves = [plain_number(base + half) for base in (Decimal(0), *whole[:8])]
            self.atoms.extend(self.halves)

    def _value(self, value: Any) -> None:
        self.atoms.append(value)
        if isinstance(value, dict):
            self.names.extend(value)
        if isinstance(value, str):
            self.names.append(value)

    def _length(self, count: int) -> None:
        self.lengths.update((max(count - 1, 0), count, count + 1))
        self.atoms.extend("a" * size for size in (max(count - 1, 0), count, count + 1))

    def _note_names(self, node: dict[str, Any]) -> None:
        for key in ("properties", "dependentRequired", "dependentSchemas", "dependencies"):
            if isinstance(node.get(key), dict):
                self.names.extend(node[key])
        if isinstance(node.get("required"), list):
            self.names.extend(name for name in node["required"] if isinstance(name, str))
        if isinstance(node.get("patternProperties"), dict):
            for pattern in node["patternProperties"]:
                self.names.extend(matching(pattern)[:3])

    def composed(self) -> Iterator[Any]:
        """Arrays and objects made of what was harvested."""
        atoms = self.atoms[:ATOMS]
        names = self.names[:NAMES]
        lengths = sorted({1, 2, 3} | {size for size in self.lengths if size <= 40})
        for name in names:
            yield from ({name: atom} for atom in atoms)
        for size in lengths:
            yield from ([atom] * size for atom in atoms)
            yield {f"p{i}": 1 for i in range(size)}
            yield list(range(size))
            yield [f"v{i}" for i in range(size)]
            yield [{"v": i} for i in range(size)]
        for name in names:
            for atom in (*self.halves, *atoms[:NAMES]):
                yield from ({name: [atom]}, [{name: atom}], {name: {name: atom}}, [[atom]])
        yield from ([one, other] for one in atoms for other in atoms)
        for chosen in range(2, 5):
            for some in combinations(names, chosen):
                yield from (dict.fromkeys(some, atom) for atom in atoms[:12])
        for one, other in combinations(names, 2):
            yield from ({one: left, other: right} for left in atoms[:16] for right in atoms[:16])


def mutations(value: Any, pool: Pool) -> Iterator[Any]:
    """The value with one thing changed, added or left out."""
    if isinstance(value, dict):
        for name in value:
            yield {key: item for key, item in value.items() if key != name}
            yield from ({**value, name: atom} for atom in pool.atoms[:ATOMS])
            yield from (
                {**value, name: inner} for inner in islice(mutations(value[name], pool), 60)
            )
        for name in pool.names[:NAMES]:
            yield from ({**value, name: atom} for atom in pool.atoms[:8] if name not in value)
    elif isinstance(value, list):
        yield value[:-1]
        yield from ([*value, atom] for atom in pool.atoms[:ATOMS])
        yield from (value * size for size in (2, 3))
        for place, item in enumerate(value[:4]):
            yield from (
                [*value[:place], inner, *value[place + 1 :]]
                for inner in (*pool.atoms[:ATOMS], *islice(mutations(item, pool), 40))
            )
