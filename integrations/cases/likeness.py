"""How much records resemble one, and by what: equal rare values, alike words, one number. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

ALIKE = 0.75
"""Share of common letters from which words count as one name written twice."""
SHORTEST = 4
TELLING = 3
"""Digits from which a number in two ids is no accident."""
_NUMBERS = re.compile(r"\d+")

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reason:
    """`kind`: `equal`, `alike` (`percent` tells how much) or `number` (the same digits)."""

    kind: str
    field: str
    value: str
    percent: int = 100


@dataclass(frozen=True, slots=True)
class Likeness:
    """0 for nothing in common; reasons with the strongest first."""

    score: float
    reasons: tuple[Reason, ...]


def likenesses(key: str, ours: Record, others: Sequence[tuple[str, Record]]) -> list[Likeness]:
    """Of each (id, record) to ours, which is called `key`. A value that many have says little."""
    told = {name: text for name, value in ours.items() if (text := _text(value))}
    counts = Counter(
        (name, text)
        for _, record in others
        for name in told
        if (text := _text(record.get(name))) == told[name]
    )
    return [_likeness(key, told, counts, len(others), *other) for other in others]


def _likeness(
    key: str,
    ours: Mapping[str, str],
    counts: Mapping[tuple[str, str], int],
    number: int,
    other_key: str,
    other: Record,
) -> Likeness:
    found: list[tuple[float, Reason]] = []
    number_of = "".join(_digits(key))
    if len(number_of) >= TELLING and _digits(key) == _digits(other_key):
        found.append((1.0, Reason("number", "", number_of)))
    for name, mine in ours.items():
        theirs = _text(other.get(name))
        if theirs == mine:
            weight = _rarity(counts[name, mine], number)
            found.append((weight, Reason("equal", name, mine)))
        elif (share := _alike(mine, theirs)) >= ALIKE:
            found.append((share, Reason("alike", name, theirs, round(share * 100))))
    found.sort(key=lambda one: -one[0])
    telling = tuple(reason for weight, reason in found if weight > 0)
    return Likeness(sum(weight for weight, _ in found), telling)


def _rarity(holders: int, number: int) -> float:
    """1 where nobody else has the value, 0 where at least half of them have it."""
    return max(1 - math.log(holders) / math.log(number / 2), 0.0) if number > 2 else 1.0


def _alike(mine: str, theirs: str) -> float:
    """Names that differ in a number are different names."""
    if min(len(mine), len(theirs)) < SHORTEST or _digits(mine) != _digits(theirs):
        return 0.0
    if not any(letter.isalpha() for letter in mine):
        return 0.0
    return SequenceMatcher(None, mine.casefold(), theirs.casefold()).ratio()


def _digits(text: str) -> list[str]:
    return _NUMBERS.findall(text)


def _text(value: Any) -> str:
    plain = isinstance(value, str | int | Decimal) and not isinstance(value, bool)
    return str(value).strip() if plain else ""
