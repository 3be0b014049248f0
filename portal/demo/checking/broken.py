"""What reconciliation found of a pair of systems."""

from __future__ import annotations

from dataclasses import replace

from integrations.cases import settling
from portal.demo.checking.told import Said, of


def found(pair: str, keys: tuple[str, ...]) -> Said:
    """The live cases of a pair about these records, and the money under them.

    Where two pairs say the same of a record, its money stands under whichever was found first.
    """
    cases = settling.live().filter(klass="break", business_key__in=keys)
    held = list(cases.select_related("flow", "agreement"))
    mine = of([one for one in held if one.detail.get("rule") == pair])
    together = of(held)
    return replace(mine, amounts=together.amounts, base=together.base) if mine.keys else mine
