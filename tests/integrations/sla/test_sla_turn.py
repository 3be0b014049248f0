"""One folds at a time, and one who was away for too long changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.sla import facts, standing
from integrations.sla.models import FoldTurn, StaleUnit, Unit
from integrations.sla.renewing import renew
from integrations.sla.turn import Lost, Turn, take
from tests.integrations.sla.story import TERMS, message, tell, told

pytestmark = pytest.mark.django_db


def turn() -> Turn:
    found = take()
    assert found is not None
    return found


def run_out() -> None:
    FoldTurn.objects.update(until=timezone.now() - timedelta(seconds=1))


def test_a_second_one_has_no_turn_until_the_first_leaves():
    first = turn()
    assert take() is None
    first.leave()
    turn().guard()


def test_whose_lease_ran_out_is_told_so_once_another_took_the_turn():
    first = turn()
    run_out()
    second = turn()
    with pytest.raises(Lost):
        first.guard()
    first.leave()
    second.guard()


def test_a_late_one_writes_nothing():
    source = message("T-1")
    what = told("line", "T-1", "time-approved", "2026-03-02", 900)
    changed = facts.replace([source], {source.pk: [what]})
    first = turn()
    run_out()
    turn()
    with pytest.raises(Lost):
        standing.recompute(changed, TERMS, turn=first)
    assert not Unit.objects.exists()


def test_a_stale_unit_is_computed_from_its_facts_and_is_stale_no_more():
    tell("T-1", told("line", "T-1", "time-approved", "2026-03-02", 900))
    Unit.objects.update(amount_minor=1)
    StaleUnit.objects.bulk_create([StaleUnit(unit="line", key="T-1")] * 2)
    assert renew(turn=turn(), seconds=5, breath=0) == 2
    assert (Unit.objects.get().amount_minor, StaleUnit.objects.count()) == (900, 0)
