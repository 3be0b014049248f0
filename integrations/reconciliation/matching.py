"""One-to-one matching by key: every record is matched, alone or in exactly one break. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from governance.agreements.transforms import digits_of
from integrations.reconciliation.entries import Entry, Field
from integrations.reconciliation.lifecycle import SOUND, Outcome

LEFT_ALONE = frozenset({"both", "left"})
RIGHT_ALONE = frozenset({"both", "right"})


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two records do not agree; `minor` is left less right where it is money."""

    name: str
    kind: str
    left: str | None
    right: str | None
    minor: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that belong together, or one that has no counterpart."""

    left: Entry | None
    right: Entry | None
    outcome: Outcome
    differences: tuple[Difference, ...] = ()

    @property
    def key(self) -> str:
        """Of both."""
        one = self.left or self.right
        return one.key if one else ""

    @property
    def is_break(self) -> bool:
        """Whether somebody has to look."""
        return self.outcome not in SOUND

    @property
    def worth(self) -> tuple[str, int]:
        """Currency and minor units of what is compared: the left's word, else the right's."""
        one = self.left or self.right
        return (one.currency, one.amount_minor or 0) if one else ("", 0)

    @property
    def net(self) -> int:
        """Left less right of the amounts; whoever is not there counts nothing."""
        left = (self.left.amount_minor if self.left else 0) or 0
        right = (self.right.amount_minor if self.right else 0) or 0
        return left - right

    @property
    def difference(self) -> int:
        """What is in dispute, in minor units of the worth's currency."""
        if self.outcome is Outcome.CURRENCY:
            return self.worth[1]
        found = [one.minor for one in self.differences if one.minor]
        return self.net or (found[0] if found else 0)


def match(
    fields: Sequence[Field], missing: str, lefts: Iterable[Entry], rights: Iterable[Entry]
) -> list[Pair]:
    """Pairs in the order of their keys. Among several of one key those go together that agree."""
    by_key: dict[str, tuple[list[Entry], list[Entry]]] = defaultdict(lambda: ([], []))
    for one in sorted(lefts, key=lambda one: one.record):
        by_key[one.key][0].append(one)
    for one in sorted(rights, key=lambda one: one.record):
        by_key[one.key][1].append(one)
    return [pair for key in sorted(by_key) for pair in _of_key(fields, missing, *by_key[key])]


def _of_key(
    fields: Sequence[Field], missing: str, lefts: list[Entry], rights: list[Entry]
) -> list[Pair]:
    found, over = [], []
    free = list(rights)
    for left in lefts:
        agreeing = next((one for one in free if not compare(fields, left, one)), None)
        if agreeing is None:
            over.append(left)
            continue
        free.remove(agreeing)
        found.append(Pair(left, agreeing, Outcome.MATCHED))
    both = min(len(over), len(free))
    found += [_differing(fields, over[n], free[n]) for n in range(both)]
    lone = Outcome.MISSING_RIGHT if missing in LEFT_ALONE else Outcome.ALONE
    found += [Pair(one, None, lone) for one in over[both:]]
    lone = Outcome.MISSING_LEFT if missing in RIGHT_ALONE else Outcome.ALONE
    return found + [Pair(None, one, lone) for one in free[both:]]


def _differing(fields: Sequence[Field], left: Entry, right: Entry) -> Pair:
    differences = compare(fields, left, right)
    kinds = {one.kind for one in differences}
    outcome = Outcome.STATE
    if "currency" in kinds:
        outcome = Outcome.CURRENCY
    elif "money" in kinds:
        outcome = Outcome.AMOUNT
    return Pair(left, right, outcome, differences)


def compare(fields: Sequence[Field], left: Entry, right: Entry) -> tuple[Difference, ...]:
    """Fields beyond their tolerance; empty: they agree."""
    found = []
    if left.currency and right.currency and left.currency != right.currency:
        found.append(Difference("currency", "currency", left.currency, right.currency))
    for field in fields:
        here, there = left.values.get(field.name), right.values.get(field.name)
        if not _agree(field, here, there):
            minor = _minor(field, here, there, left.currency)
            found.append(Difference(field.name, field.kind, here, there, minor))
    return tuple(found)


def _agree(field: Field, left: str | None, right: str | None) -> bool:
    if left == right:
        return True
    if left is None or right is None:
        return False
    try:
        if field.kind == "money":
            return abs(Decimal(left) - Decimal(right)) <= field.tolerance
        if field.kind == "date":
            apart = abs((date.fromisoformat(left) - date.fromisoformat(right)).days)
            return apart <= field.tolerance
    except (InvalidOperation, ValueError):
        return False
    return False


def _minor(field: Field, left: str | None, right: str | None, currency: str) -> int | None:
    if field.kind != "money" or not currency:
        return None
    try:
        apart = Decimal(left or 0) - Decimal(right or 0)
    except InvalidOperation:
        return None
    return int(apart.scaleb(digits_of(currency)).to_integral_value())
