"""Revenue at risk as a ledger: each unit once, under the earliest open root cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from integrations.cases import settling
from integrations.cases.models import Case
from integrations.sla import terms as agreed
from integrations.sla.downstream import Blocked, blocked
from integrations.sla.lifecycle import RiskState
from integrations.sla.losses import Risk, delay, expected
from integrations.sla.models import Exposure
from integrations.sla.terms import Terms
from integrations.sla.turn import Turn

COLUMNS = (
    *("case_id", "part", "amount_minor", "currency", "base_minor"),
    *("expected_minor", "delay_minor"),
)


def expose(*, turn: Turn, now: datetime) -> int:
    """Bring the ledger of exposures in line with the open cases; how many units are at risk.

    Reading and pricing may take long, so it is only at the end that what differs is written.
    """
    cases = settling.live().select_related("message").order_by("opened_at", "pk")
    held = {one.unit_id: one for one in Exposure.objects.filter(state=RiskState.AT_RISK)}
    wanted = _primary(list(cases))
    terms = agreed.current()
    rows = [_row(case, one, terms, now) for case, one in wanted.values()]
    gone = [one for unit, one in held.items() if unit not in wanted]
    with transaction.atomic():
        turn.guard()
        _end(gone, now)
        _write(rows, held)
        _price(rows, terms.rates.base)
        turn.changed()
    return len(rows)


def _primary(cases: list[Case]) -> dict[int, tuple[Case, Blocked]]:
    """Unit id → the earliest case that blocks it."""
    found = blocked(cases)
    chosen: dict[int, tuple[Case, Blocked]] = {}
    for case in cases:
        for one in found[case.pk]:
            chosen.setdefault(one.unit.pk, (case, one))
    return chosen


def _row(case: Case, one: Blocked, terms: Terms, now: datetime) -> Exposure:
    unit = one.unit
    since = unit.start_at or unit.issued_at or unit.received_at or case.opened_at
    base = _base(one, terms)
    calendar = terms.calendar(unit.legal_entity)
    risk = Risk(
        money=base,
        klass=case.klass,
        contract_type=unit.contract_type,
        age=calendar.days_between(since, now),
        late=max((now - since) // timedelta(days=1), 0),
    )
    return Exposure(
        unit=unit,
        case=case,
        part=one.part,
        amount_minor=one.amount_minor,
        currency=unit.currency,
        base_minor=base,
        expected_minor=expected(risk, terms.losses),
        delay_minor=delay(risk, terms.losses),
        since=case.opened_at,
    )


def _base(one: Blocked, terms: Terms) -> int:
    """As the unit itself is converted; a part of it at the same day's rate."""
    unit = one.unit
    if one.amount_minor == unit.amount_minor and unit.base_minor is not None:
        return unit.base_minor
    moment = unit.received_at or unit.issued_at or unit.approved_at
    if moment is None or not unit.currency:
        return 0
    day = terms.day_of(moment, unit.legal_entity)
    found = terms.rates.convert(one.amount_minor, unit.currency, day)
    return found[0] if found else 0


def _write(rows: Iterable[Exposure], held: dict[int, Exposure]) -> None:
    fresh, changed = [], []
    for row in rows:
        if (before := held.get(row.unit_id)) is None:
            fresh.append(row)
        elif any(getattr(row, name) != getattr(before, name) for name in COLUMNS):
            row.pk, row.since = before.pk, before.since
            changed.append(row)
    Exposure.objects.bulk_create(fresh, batch_size=500)
    Exposure.objects.bulk_update(changed, COLUMNS, batch_size=200)


def _end(gone: Iterable[Exposure], now: datetime) -> None:
    """What is at risk no more went its way after all, or was given up by a person."""
    ended = list(gone)
    dismissed = Q(case__state="dismissed", unit__issued_at=None)
    leaked = Exposure.objects.filter(dismissed, pk__in=[one.pk for one in ended])
    lost = set(leaked.values_list("pk", flat=True))
    for one in ended:
        one.state = RiskState.LEAKED if one.pk in lost else RiskState.RECOVERED
        one.ended_at = now
    Exposure.objects.bulk_update(ended, ["state", "ended_at"], batch_size=500)


def _price(rows: Iterable[Exposure], base: str) -> None:
    """The queue sorts by what a case puts at risk."""
    worth: dict[int, int] = defaultdict(int)
    for row in rows:
        worth[row.case_id] += row.base_minor
    changed = []
    for case in settling.live():
        priced = (worth.get(case.pk, 0), base)
        if (case.exposure_minor, case.exposure_currency) != priced:
            case.exposure_minor, case.exposure_currency = priced
            case.priority = -abs(case.exposure_minor)
            changed.append(case)
    columns = ["exposure_minor", "exposure_currency", "priority"]
    Case.objects.bulk_update(changed, columns, batch_size=500)
