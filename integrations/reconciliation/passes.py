"""A pass over every comparison: take up, match, count, tell. Doubling or losing one is harmless."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from integrations.reconciliation.casing import tend_cases
from integrations.reconciliation.collecting import collect
from integrations.reconciliation.confirming import confirm
from integrations.reconciliation.lifecycle import BreakState, Side
from integrations.reconciliation.models import Break, Reconciliation, ReconciliationRun
from integrations.reconciliation.pairing import pair_up
from integrations.reconciliation.standing import Rule, rules


def reconcile(*, now: datetime) -> int:
    """Compare all that was read since the last pass; how many records were taken up."""
    looked = 0
    for rule in rules(now=now):
        more = True
        while more:
            taken, more = _step(rule, now)
            looked += taken
    _drop_ended(now)
    return looked


def _step(rule: Rule, now: datetime) -> tuple[int, bool]:
    """One batch of one comparison in one transaction."""
    with transaction.atomic():
        row = Reconciliation.objects.select_for_update().get(pk=rule.row.pk)
        rule.row.left_mark, rule.row.right_mark = row.left_mark, row.right_mark
        rule.row.compared_at = row.compared_at
        sides = [collect(rule, side) for side in Side]
        keys = sides[0].keys | sides[1].keys
        looked, more = sides[0].looked + sides[1].looked, sides[0].more or sides[1].more
        if keys:
            counted = pair_up(rule, keys, now=now)
            ReconciliationRun.objects.create(
                reconciliation=row,
                started_at=now,
                looked=looked,
                compared=len(keys),
                found=counted.found,
                healed=counted.healed,
            )
        if not more:
            confirm(rule, now=now)
            tend_cases(rule, now=now)
            rule.row.compared_at = now
        rule.row.save(update_fields=["left_mark", "right_mark", "compared_at"])
    return looked, more


def _drop_ended(now: datetime) -> None:
    """Breaks of comparisons that nobody asks for any more."""
    held = Break.objects.filter(reconciliation__ended_at__isnull=False)
    held.exclude(state=BreakState.HEALED).update(state=BreakState.HEALED, healed_at=now)
