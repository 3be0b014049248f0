"""What a match would set off, shown before it is signed: what is sent, and what goes on with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from integrations.cases.entering import document_of
from integrations.cases.lifecycle import CaseClass
from integrations.cases.matching import refers
from integrations.cases.models import Case
from integrations.cases.queries import Money, live
from integrations.crossrefs.queries import Name, resolve
from integrations.messages.differing import differences
from integrations.messages.lifecycle import OperationState
from integrations.messages.models import Operation
from integrations.sync.jobs import filled, references
from integrations.sync.replays import Effect, Outlook, look_ahead

MOST = 500
"""Cases that one look takes up; there are more only while a whole system is unknown."""


@dataclass(frozen=True, slots=True)
class Release:
    """`cases` name the same record; `followers` wait silently behind them. Nothing was done."""

    outlook: Outlook
    still_unknown: list[Name] = field(default_factory=list)
    cases: int = 0
    followers: int = 0
    money: list[Money] = field(default_factory=list)


def look_ahead_match(case: Case, name: Name, source_id: str, *, now: datetime) -> Release:
    """The case planned anew with the id in place, and all that waits for the same record."""
    outlook = look_ahead([case], now=now).samples[0]
    system = document_of(case)["target"]["system"]
    asked = [ref for one in outlook.effects for ref in references(one.write, system)]
    today = resolve(asked)
    missing: list[Name] = []
    effects = [
        _filled(one, today, {**today, name: source_id}, missing, system) for one in outlook.effects
    ]
    same = [one for one in _waiting() if name in refers(one)]
    behind = _followers(same)
    return Release(
        outlook=replace(outlook, effects=effects),
        still_unknown=list(dict.fromkeys(missing)),
        cases=len(same),
        followers=len(behind),
        money=_money([*same, *behind]),
    )


def _filled(
    effect: Effect,
    today: dict[Name, str],
    then: dict[Name, str],
    missing: list[Name],
    system: str,
) -> Effect:
    """The write as it would be sent; its differences tell only what becomes known."""
    write = filled(effect.write, then, system, missing)
    write.pop("needs", None)
    before = filled(effect.write, today, system, [])
    before.pop("needs", None)
    return replace(effect, write=write, differences=list(differences("", before, write)))


def _waiting() -> list[Case]:
    return list(live(Case.objects.filter(klass=CaseClass.REFERENCE)).order_by("pk")[:MOST])


def _followers(cases: Sequence[Case]) -> list[Operation]:
    roots = [one.operation_id for one in cases if one.operation_id is not None]
    waiting = Operation.objects.filter(lane__blocked_by__in=roots, state=OperationState.PLANNED)
    return list(waiting.only("amount_minor", "currency"))


def _money(held: Sequence[Any]) -> list[Money]:
    sums: dict[str, int] = {}
    for one in held:
        if one.amount_minor is not None:
            sums[one.currency] = sums.get(one.currency, 0) + abs(one.amount_minor)
    return [Money(currency, minor) for currency, minor in sorted(sums.items())]
