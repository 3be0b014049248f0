"""A break that counts is somebody's case: that which stopped the record, else one of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from integrations.cases.lifecycle import CaseClass, CaseState
from integrations.cases.models import Case
from integrations.cases.services import Opening, open_cases
from integrations.cases.settling import close, live
from integrations.messages.models import InboxMessage
from integrations.reconciliation.lifecycle import BreakState, Outcome, Side
from integrations.reconciliation.models import Break
from integrations.reconciliation.standing import Rule

AGREED = "Both systems agree again"
SAID = {
    Outcome.MISSING_RIGHT: "{key} stands in {left} and is missing in {right}",
    Outcome.MISSING_LEFT: "{key} stands in {right} and is missing in {left}",
    Outcome.CURRENCY: "{key} has another currency in {left} than in {right}",
    Outcome.AMOUNT: "{field} of {key} is another amount in {left} than in {right}",
    Outcome.STATE: "{field} of {key} is not the same in {left} and {right}",
}
TITLES = {
    Outcome.MISSING_RIGHT: "missing in {right}",
    Outcome.MISSING_LEFT: "missing in {left}",
    Outcome.CURRENCY: "currency differs",
    Outcome.AMOUNT: "{field} differs",
    Outcome.STATE: "{field} differs",
}


def tend_cases(rule: Rule, *, now: datetime) -> None:
    """Open, join and close cases as the breaks of one comparison stand."""
    _let_go(rule, now)
    orphans = Break.objects.filter(reconciliation=rule.row, state=BreakState.OPEN).filter(
        Q(case=None) | Q(case__state=CaseState.RESOLVED)
    )
    breaks = list(orphans.order_by("pk"))
    if not breaks:
        return
    stopped = _stopped(rule, breaks)
    own = [one for one in breaks if one.pk not in stopped]
    told = stopped | _open(rule, own, now)
    for one in breaks:
        one.case_id = told[one.pk]
    Break.objects.bulk_update(breaks, ["case"], batch_size=500)


def _let_go(rule: Rule, now: datetime) -> None:
    """A case ends with the last of its breaks; the case of what stopped a record is not ours."""
    ended = Case.objects.filter(
        klass=CaseClass.BREAK, breaks__reconciliation=rule.row, breaks__state=BreakState.HEALED
    )
    over = live().filter(pk__in=ended.values("pk"))
    open_ones = Break.objects.filter(case__in=over).exclude(state=BreakState.HEALED)
    close(over.exclude(pk__in=open_ones.values("case")), now=now, resolution=AGREED)


def _stopped(rule: Rule, breaks: Sequence[Break]) -> dict[int, int]:
    """Break id → the case that keeps its record from getting across, told by record or by key."""
    missing = [one for one in breaks if one.kind == Outcome.MISSING_RIGHT]
    if not missing:
        return {}
    across = Q(
        business_key__in=[one.key for one in missing],
        agreement__document__source__system=rule.row.left_system,
        agreement__document__target__system=rule.row.right_system,
    )
    held = live().exclude(klass=CaseClass.BREAK)
    held = held.filter(across | Q(message__in=[one.left_message for one in missing]))
    rows = list(held.order_by("-pk").values_list("pk", "business_key", "message_id"))
    by_key = {key: pk for pk, key, _ in rows if key}
    by_message: dict[int | None, int] = {message: pk for pk, _, message in rows if message}
    found = {one.pk: by_message.get(one.left_message) or by_key.get(one.key) for one in missing}
    return {pk: case for pk, case in found.items() if case}


def _open(rule: Rule, breaks: Sequence[Break], now: datetime) -> dict[int, int]:
    """Break id → case; one for each record, however many comparisons it breaks."""
    by_message: dict[int, list[Break]] = defaultdict(list)
    for one in breaks:
        by_message[_subject(one)].append(one)
    taken = _taken(by_message)
    fresh = [message for message in by_message if message not in taken]
    messages = InboxMessage.objects.in_bulk(fresh)
    openings = [
        _opening(rule, by_message[message][0], messages[message])
        for message in fresh
        if message in messages
    ]
    made = open_cases(openings, now=now) if openings else []
    for opening, case in zip(openings, made, strict=True):
        if opening.message is not None:
            taken[opening.message.pk] = case.pk
    return {one.pk: taken[message] for message, found in by_message.items() for one in found}


def _taken(messages: Iterable[int]) -> dict[int, int]:
    held = live().filter(klass=CaseClass.BREAK, message__in=list(messages), operation=None)
    return {message: pk for message, pk in held.values_list("message_id", "pk") if message}


def _subject(one: Break) -> int:
    found = one.left_message or one.right_message
    if found is None:
        raise ValueError(f"break {one.pk} is about no record")
    return found


def _opening(rule: Rule, one: Break, message: InboxMessage) -> Opening:
    side = Side.LEFT if one.left_message else Side.RIGHT
    words = {
        "key": one.key,
        "left": rule.row.left_system,
        "right": rule.row.right_system,
        "field": str(one.differences[0]["name"]) if one.differences else "",
    }
    outcome = Outcome(one.kind)
    return Opening(
        klass=CaseClass.BREAK,
        title=f"{rule.row.name}: {TITLES[outcome].format(**words)}",
        detail=_detail(rule, one, SAID[outcome].format(**words)),
        agreement=rule.agreements[side],
        message=message,
    )


def _detail(rule: Rule, one: Break, said: str) -> dict[str, Any]:
    first = one.differences[0] if one.differences and one.left_message else {}
    return {
        "rule": rule.row.slug,
        "clause": one.kind,
        "message": said,
        "pointer": first.get("name", ""),
        "value": first.get("left"),
        "expected": first.get("right"),
        "break": one.pk,
        "systems": [rule.row.left_system, rule.row.right_system],
        "differences": one.differences,
    }
