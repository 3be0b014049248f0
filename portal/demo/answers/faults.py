"""The answer key: every fault that is planted, with its records, money, owner, place and fix."""

from __future__ import annotations

from collections.abc import Callable

from portal.demo.answers.fault import Fault
from portal.demo.answers.healed import late_commit, time_out
from portal.demo.answers.refused import (
    authority,
    cost_centre,
    duplicate,
    period_closed,
    project_unknown,
    tax_code,
    too_many_hours,
)
from portal.demo.answers.watched import (
    billing_rule,
    contract_version,
    credit_memo,
    net_becomes_gross,
    no_schedule,
    rate_rise,
    unapplied,
)
from portal.demo.firm.world import World


def faults(world: World) -> list[Fault]:
    """In the order in which they are told of."""
    return [plant(world) for plant in PLANTS]


PLANTS: tuple[Callable[[World], Fault], ...] = (
    tax_code,
    period_closed,
    billing_rule,
    project_unknown,
    cost_centre,
    no_schedule,
    rate_rise,
    contract_version,
    credit_memo,
    duplicate,
    late_commit,
    time_out,
    authority,
    too_many_hours,
    net_becomes_gross,
    unapplied,
)
