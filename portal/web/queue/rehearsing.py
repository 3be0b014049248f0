"""A dry run: what planning would say of the records of some cases, without writing anything."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from governance.agreements.models import Agreement
from governance.agreements.queries import active
from integrations.cases.models import Case, Correction
from integrations.cases.queries import Money
from integrations.cases.seeing import blind
from integrations.messages import bodies
from integrations.messages.lifecycle import OperationState
from integrations.messages.models import Operation
from integrations.messages.queries import packed
from integrations.sync.compiled import Compiled, compile_agreement, compiled
from integrations.sync.plan import Arrived, Rejection, plan

MOST = 500
"""Records that one dry run plans; the others are counted and told of."""


@dataclass(slots=True)
class Rehearsal:
    """What would become of them."""

    count: int = 0
    planned: int = 0
    effects: int = 0
    again: int = 0
    """Operations that would be sent once more, as they are."""
    connections: int = 0
    released: int = 0
    """Effects that wait silently behind these and would go on."""
    beyond: int = 0
    """Not rehearsed, because there are too many."""
    at_risk: list[Money] = field(default_factory=list)
    rejected: list[tuple[Case, str]] = field(default_factory=list)

    @property
    def good(self) -> int:
        """How many would go on."""
        return self.planned + self.again + self.connections


def with_row(document: dict[str, Any], *, value_map: str, here: str, there: str) -> dict[str, Any]:
    """The flow agreement as it would be with one more row."""
    changed = copy.deepcopy(document)
    changed["value_maps"].setdefault(value_map, {"rows": {}})["rows"][here] = there
    return changed


def rehearse(
    cases: Sequence[Case], *, now: datetime, document: dict[str, Any] | None = None
) -> Rehearsal:
    """Under today's flow agreements, or under a changed one."""
    done = Rehearsal(
        count=len(cases),
        at_risk=money(cases),
        released=_followers(cases),
        beyond=max(len(cases) - MOST, 0),
    )
    rules: dict[int, Compiled | None] = {}
    tried = cases[:MOST]
    records = [one for one in tried if one.operation_id is None and one.message is not None]
    held = packed((one.message.month, one.message.content_hash) for one in records if one.message)
    signed = _signed(records)
    for case in tried:
        if blind(case):
            done.rejected.append((case, "two people say first that it is not there"))
        elif case.operation_id is not None:
            done.again += 1
        elif case.message is None:
            done.connections += 1
        else:
            _plan(case, done, _rules(case, rules, document), held, signed, now)
    return done


def _followers(cases: Sequence[Case]) -> int:
    roots = [one.operation_id for one in cases if one.operation_id is not None]
    waiting = Operation.objects.filter(lane__blocked_by__in=roots, state=OperationState.PLANNED)
    return waiting.count() if roots else 0


def _plan(
    case: Case,
    done: Rehearsal,
    rules: Compiled | None,
    held: dict[str, bytes],
    signed: dict[int, dict[str, Any]],
    now: datetime,
) -> None:
    message = case.message
    if message is None or rules is None:
        done.rejected.append((case, "no flow agreement is active"))
        return
    arrived = Arrived(
        message.pk,
        message.key,
        message.version,
        message.sequence,
        message.content_hash,
        message.deleted,
        _body(held, message.content_hash),
        now.date(),
    )
    found = plan(arrived, signed.get(message.pk, {}), rules)
    if isinstance(found, Rejection):
        done.rejected.append((case, found.title))
    else:
        done.planned += 1
        done.effects += len(found.effects)


def _rules(
    case: Case, known: dict[int, Compiled | None], document: dict[str, Any] | None
) -> Compiled | None:
    """Compiled once per flow."""
    flow = case.flow_id or 0
    if flow not in known:
        agreement: Agreement | None = active(flow)
        if document is not None:
            known[flow] = compile_agreement("", document)
        else:
            known[flow] = compiled(agreement.digest, agreement.document) if agreement else None
    return known[flow]


def _body(held: dict[str, bytes], digest: str) -> Any:
    try:
        return bodies.unpack(held[digest])
    except (KeyError, bodies.Unkept):
        return None


def _signed(cases: Iterable[Case]) -> dict[int, dict[str, Any]]:
    messages = {one.message.pk: one.message.content_hash for one in cases if one.message}
    rows = Correction.objects.filter(state=Correction.State.SIGNED, message__in=messages)
    found: dict[int, dict[str, Any]] = {}
    for one in rows.order_by("pk"):
        if one.content_hash == messages[one.message_id]:
            found.setdefault(one.message_id, {})[one.field] = one.after
    return found


def money(cases: Iterable[Case]) -> list[Money]:
    """Exposure per currency, largest first."""
    sums: dict[str, int] = {}
    for case in cases:
        if case.amount_minor is not None:
            sums[case.currency] = sums.get(case.currency, 0) + abs(case.amount_minor)
    return [Money(code, minor) for code, minor in sorted(sums.items(), key=lambda x: (-x[1], x[0]))]
