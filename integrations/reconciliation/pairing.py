"""Matching the keys that something happened to, and keeping the list of breaks in line with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from integrations.reconciliation.entries import Entry
from integrations.reconciliation.lifecycle import BreakState, Outcome, Side
from integrations.reconciliation.matching import Pair, match
from integrations.reconciliation.models import Break, ComparedRecord
from integrations.reconciliation.standing import Rule

CHUNK = 400
Name = tuple[str, str]
"""Records of the left and of the right."""


@dataclass(slots=True)
class Counted:
    """What a pass did to the breaks."""

    found: int = 0
    healed: int = 0


def pair_up(rule: Rule, keys: Iterable[str], *, now: datetime) -> Counted:
    """Match these keys anew. The caller holds the comparison's row."""
    counted = Counted()
    for some in _chunks(sorted(keys)):
        rows = ComparedRecord.objects.filter(reconciliation=rule.row, key__in=some)
        held = {(row.side, row.record): row for row in rows}
        sides: dict[str, list[Entry]] = defaultdict(list)
        for row in held.values():
            sides[row.side].append(_entry(row))
        pairs = match(rule.fields, rule.missing, sides[Side.LEFT], sides[Side.RIGHT])
        _tell_rows(pairs, held)
        _keep_breaks(rule, some, pairs, held, counted, now)
    return counted


def _entry(row: ComparedRecord) -> Entry:
    return Entry(row.record, row.key, row.values, row.amount_minor, row.currency)


def _members(pair: Pair) -> Iterator[tuple[str, str]]:
    if pair.left:
        yield Side.LEFT, pair.left.record
    if pair.right:
        yield Side.RIGHT, pair.right.record


def _tell_rows(pairs: Sequence[Pair], held: dict[tuple[str, str], ComparedRecord]) -> None:
    changed: dict[Outcome, list[int]] = defaultdict(list)
    for pair in pairs:
        for name in _members(pair):
            if held[name].outcome != pair.outcome:
                changed[pair.outcome].append(held[name].pk)
    for outcome, ids in changed.items():
        ComparedRecord.objects.filter(pk__in=ids).update(outcome=outcome)


def _keep_breaks(
    rule: Rule,
    keys: Sequence[str],
    pairs: Sequence[Pair],
    held: dict[tuple[str, str], ComparedRecord],
    counted: Counted,
    now: datetime,
) -> None:
    live = Break.objects.filter(reconciliation=rule.row, key__in=keys).exclude(
        state=BreakState.HEALED
    )
    known: dict[Name, Break] = {(one.left_record, one.right_record): one for one in live}
    wanted = {_name(pair): pair for pair in pairs if pair.is_break}
    gone = [one.pk for name, one in known.items() if name not in wanted]
    counted.healed += Break.objects.filter(pk__in=gone).update(
        state=BreakState.HEALED, healed_at=now
    )
    fresh = []
    for name, pair in wanted.items():
        told = _told(pair, held)
        if name not in known:
            fresh.append(Break(reconciliation=rule.row, found_at=now, **told))
        elif any(getattr(known[name], column) != value for column, value in told.items()):
            Break.objects.filter(pk=known[name].pk).update(**told)
    counted.found += len(Break.objects.bulk_create(fresh, batch_size=500))


def _name(pair: Pair) -> Name:
    return (
        pair.left.record if pair.left else "",
        pair.right.record if pair.right else "",
    )


def _told(pair: Pair, held: dict[tuple[str, str], ComparedRecord]) -> dict[str, Any]:
    """The columns of a break."""
    rows = {side: held[side, record] for side, record in _members(pair)}
    left, right = rows.get(Side.LEFT), rows.get(Side.RIGHT)
    currency, amount = pair.worth
    return {
        "kind": pair.outcome,
        "key": pair.key,
        "left_record": left.record if left else "",
        "right_record": right.record if right else "",
        "left_message": left.message if left else None,
        "right_message": right.message if right else None,
        "differences": _differences(pair),
        "amount_minor": amount,
        "difference_minor": pair.difference,
        "currency": currency,
        "since": max(row.accepted_at for row in rows.values()),
    }


def _differences(pair: Pair) -> list[dict[str, Any]]:
    if pair.differences:
        return [asdict(one) for one in pair.differences]
    one, side = (pair.left, "left") if pair.left else (pair.right, "right")
    both = {"left": None, "right": None, "minor": None, "kind": "text"}
    values = one.values if one else {}
    return [{**both, "name": name, side: value} for name, value in values.items()]


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
