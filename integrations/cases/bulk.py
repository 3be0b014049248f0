"""Acts on many cases: a frozen list of ids, shown before it is done, reported afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from integrations.cases import services
from integrations.cases.lifecycle import WORK
from integrations.cases.models import Case
from integrations.cases.queries import Money, live
from integrations.errors import Refused

MOST = 5_000


@dataclass(frozen=True, slots=True)
class Report:
    """`done` are case ids; `refused` tells, per case id, why not."""

    done: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a bulk act would touch: exactly these ids, whatever arrives meanwhile."""

    ids: list[int]
    count: int
    at_risk: list[Money]


def freeze(rows: QuerySet[Case], *, fingerprint: str, by: Any) -> Selection:
    """The open cases of one problem that this person may work on, with their money."""
    found = live(rows).filter(fingerprint=fingerprint).select_related("domain").order_by("pk")
    mine = [case for case in found[: MOST + 1] if by.has_perm(WORK, case)]
    if len(mine) > MOST:
        raise Refused(f"more than {MOST} cases; narrow the selection")
    sums: dict[str, int] = {}
    for case in mine:
        if case.amount_minor is not None:
            sums[case.currency] = sums.get(case.currency, 0) + abs(case.amount_minor)
    money = [Money(currency, minor) for currency, minor in sorted(sums.items())]
    return Selection([case.pk for case in mine], len(mine), money)


def claim_all(*, ids: Sequence[int], by: Any, reason: str = "", now: datetime) -> Report:
    """Take them on; those of others stay theirs."""
    return _each(ids, lambda case: services.claim(case=case, by=by, reason=reason, now=now))


def release_all(*, ids: Sequence[int], by: Any, reason: str = "", now: datetime) -> Report:
    """Undo a bulk claim."""
    return _each(ids, lambda case: services.release(case=case, by=by, reason=reason, now=now))


def replay_all(*, ids: Sequence[int], by: Any, reason: str, now: datetime) -> Report:
    """Try each again."""
    return _each(ids, lambda case: services.replay(case=case, by=by, reason=reason, now=now))


def dismiss_all(*, ids: Sequence[int], by: Any, reason: str, now: datetime) -> Report:
    """Close each without an effect; where money is in it, a second person is asked."""
    return _each(ids, lambda case: services.dismiss(case=case, by=by, reason=reason, now=now))


def wait_all(
    *, ids: Sequence[int], by: Any, reason: str, change_request: int, now: datetime
) -> Report:
    """Each waits for one change request."""
    return _each(
        ids,
        lambda case: services.wait_for_change(
            case=case, by=by, reason=reason, change_request=change_request, now=now
        ),
    )


def _each(ids: Sequence[int], act: Callable[[Case], Any]) -> Report:
    """One by one, each in its own transaction: what one refuses, the others do not suffer."""
    if len(ids) > MOST:
        raise Refused(f"at most {MOST} cases at once")
    report = Report()
    cases = Case.objects.in_bulk(list(ids))
    for pk in dict.fromkeys(ids):
        if pk not in cases:
            report.refused[pk] = "there is no such case"
            continue
        try:
            act(cases[pk])
        except Refused as error:
            report.refused[pk] = str(error)
        else:
            report.done.append(pk)
    return report
