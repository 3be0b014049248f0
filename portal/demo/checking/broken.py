"""What reconciliation found of a pair of systems."""

from __future__ import annotations

from integrations.cases import settling
from portal.demo.checking.told import Said, of


def found(pair: str, keys: tuple[str, ...]) -> Said:
    """The live cases of a pair about these records, and the money under them."""
    cases = settling.live().filter(klass="break", business_key__in=keys)
    held = list(cases.select_related("flow", "agreement"))
    return of([one for one in held if one.detail.get("pair") == pair])
