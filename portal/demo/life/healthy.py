"""Which projects new work falls on: those without a planted fault, so that the key stays true."""

from __future__ import annotations

from portal.demo.firm import planted
from portal.demo.firm.agreements import Project
from portal.demo.firm.world import World

FAULTY = {
    planted.NO_RULE,
    planted.UNKNOWN_PROJECT,
    planted.NO_COST_CENTRE,
    planted.NO_SCHEDULE,
    planted.RATE_RISE,
    planted.OTHER_VERSION,
    planted.CREDITED,
    planted.TIMES_OUT,
}
SPARED = {planted.TAXED, planted.PERIOD_CLOSED, planted.MISDIRECTED}


def healthy(world: World) -> list[Project]:
    """Billed by time, known to the ledger, in the order of their numbers."""
    return [
        one
        for one in world.projects.values()
        if one.erp_state == "linked"
        and one.number not in FAULTY
        and one.customer not in SPARED
        and world.contracts[one.contract].type != "milestone"
    ]
