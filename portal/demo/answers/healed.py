"""Faults that the product has to survive without anybody."""

from __future__ import annotations

from portal.demo.answers.fault import Fault
from portal.demo.answers.money import Item, of_line, total
from portal.demo.firm import planted
from portal.demo.firm.lines import Line
from portal.demo.firm.world import World
from portal.demo.northbook.words import LATE_ROWS


def late_commit(world: World) -> Fault:
    late = world.applications[-LATE_ROWS:]
    items = []
    for one in late:
        contract = world.contracts[world.numbered[one.invoice].contract]
        items.append(Item(one.id, one.amount, contract.currency, one.applied_at.date()))
    money = total(items)
    return Fault(
        "late-commit",
        "Applications that the ledger commits behind the cursor",
        "",
        money.keys,
        money,
        "",
        "nothing",
        "applications",
        "None: the overlap of the connector reads them",
    )


def times_out(world: World) -> Line:
    """The charge whose answer never comes: the first of its project that is to be sent."""
    ready = [
        one
        for one in world.lines
        if one.project == planted.TIMES_OUT and one.kind == "time" and one.state == "ready"
    ]
    return min(ready, key=lambda one: one.id)


def time_out(world: World) -> Fault:
    line = times_out(world)
    return Fault(
        "time-out",
        "Charge made although its answer never came",
        world.contracts[line.contract].customer,
        (line.id,),
        total([of_line(world, line)]),
        "",
        "nothing",
        "time-to-billing",
        "None: it is looked up by our reference before a second attempt",
    )
